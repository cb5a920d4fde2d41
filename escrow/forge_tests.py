"""``python -m escrow.forge_tests``: the contracts' own tests; ``--deep`` fuzzes and plays longer sequences."""

from __future__ import annotations

import sys

from escrow.build import forge
from proofs.errors import AssayError

DEEP = {"FOUNDRY_FUZZ_RUNS": "5000", "FOUNDRY_INVARIANT_RUNS": "256", "FOUNDRY_INVARIANT_DEPTH": "200"}


def main() -> int:
    """Run forge test and print its report; exit status 1 when a test fails."""
    try:
        report = forge("test", environment=DEEP if "--deep" in sys.argv[1:] else None)
    except AssayError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
