"""Make the committed public views anew: ``PYTHONPATH=. python tests/attacks/make_fixtures.py`` from the root."""

from __future__ import annotations

from pathlib import Path

from attacks.seller.produce import Circuit, Run, produce

FOLDER = Path(__file__).parent / "fixtures"


def main() -> None:
    """One proof of an unmasked model; four of one masked for a budget of one."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "unmasked.json").write_text(produce(Circuit(), [Run(1, 1)]).to_json())
    (FOLDER / "masked.json").write_text(produce(Circuit(3), [Run(2, job) for job in range(4)]).to_json())


if __name__ == "__main__":
    main()
