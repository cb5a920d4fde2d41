"""``python tests/two_halves.py [pytest options]``: the test suite as two pytest processes side by side, for two cores.

Much of the suite is one Python at a time; much else are proofs that use every core. The folders of the first half are
named here, the second half is everything else. Each half has a session home and a folder of compiled kernels of its
own. With a path among the options, plain pytest runs with them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

TESTS = Path(__file__).parent
FIRST = (
    "attacks",
    "cli",
    "datasets",
    "docs",
    "e2e",
    "escrow",
    "faults",
    "games",
    "report",
    "sampled_parties",
    "service",
    "transport",
)
NO_TESTS = 5
"""pytest's exit status when its options leave nothing to run."""


def halves() -> tuple[list[Path], list[Path]]:
    """Test folders and files of each half."""
    own = {Path(__file__).name, "conftest.py"}
    places = [
        path
        for path in sorted(TESTS.iterdir())
        if (path.is_dir() and any(path.rglob("test_*.py"))) or (path.suffix == ".py" and path.name not in own)
    ]
    first = [path for path in places if path.name in FIRST]
    return first, [path for path in places if path not in first]


def run_half(number: int, places: list[Path], options: list[str], statuses: dict[int, int]) -> None:
    """One pytest process; its lines are printed as they come, with the half's number in front."""
    from proofs.paths import kernel_dir

    environment = dict(os.environ)
    if number > 1:
        environment["ASSAY_KERNELS"] = str(kernel_dir().with_name(f"{kernel_dir().name}-tests-{number}"))
    command = [sys.executable, "-m", "pytest", *options, *map(str, places)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, errors="replace"
    ) as running:
        for line in running.stdout or ():
            print(f"[{number}] {line}", end="", flush=True)
    statuses[number] = running.returncode


def main(options: list[str]) -> int:
    """Run both halves; 0 if neither failed and at least one had tests."""
    if any(Path(option.split("::")[0]).exists() for option in options if not option.startswith("-")):
        return subprocess.call([sys.executable, "-m", "pytest", *options])
    began = time.monotonic()
    statuses: dict[int, int] = {}
    threads = [
        threading.Thread(target=run_half, args=(number, places, options, statuses))
        for number, places in enumerate(halves(), start=1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    failed = [number for number, status in statuses.items() if status not in (0, NO_TESTS)]
    nothing = all(status == NO_TESTS for status in statuses.values())
    verdict = f"half {' and '.join(map(str, failed))} failed" if failed else "both halves passed"
    print(f"{verdict}, {(time.monotonic() - began) / 60:.1f} min")
    return 1 if failed or nothing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
