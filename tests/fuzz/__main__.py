"""A campaign: every target for so long, each in a process of its own. ``python -m tests.fuzz --seconds 60``

Faults are printed and written to --out, with the input that makes them in hex; docs/reliability.md's table is made from
that file by ``--table``.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import multiprocessing
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent)]
RESULTS = TESTS.parent / "benchmarks" / "fuzz.json"
MARKS = ("<!-- fuzzing: begin -->", "<!-- fuzzing: end -->")
NICE = 15


def run_target(name: str, seed: int, seconds: float, place: str) -> None:
    """One target, in a child: its tally goes to ``place``."""
    from fuzz.campaign import fuzz
    from fuzz.targets import TARGETS

    faulthandler.enable()
    target = next(target for target in TARGETS if target.name == name)
    found = asdict(fuzz(target, seed, seconds=seconds))
    found["faults"] = {key: raw.hex() for key, raw in found["faults"].items()}
    Path(place).write_text(json.dumps(found))


def campaign(names: list[str], seed: int, seconds: float) -> Iterator[dict[str, Any]]:
    """The tally of every target in turn; a child that dies is a fault of its target."""
    context = multiprocessing.get_context("fork")
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "tally.json"
            child = context.Process(target=run_target, args=(name, seed, seconds, str(place)))
            child.start()
            child.join(20 * seconds + 120)
            if child.is_alive():
                child.kill()
                child.join()
            died = {f"process died ({child.exitcode})": ""}
            lost = {"target": name, "executions": 0, "input_bytes": 0, "faults": died}
            tally = json.loads(place.read_text()) if place.exists() else lost
        print(f"{name}: {tally['executions']} inputs, {len(tally['faults'])} faults", flush=True)
        for key, raw in tally["faults"].items():
            print(f"   {key}\n   {raw[:400]}", flush=True)
        yield tally


def table(results: dict[str, Any]) -> str:
    """A line for each group of targets."""
    from fuzz.targets import GROUPS

    by_name = {tally["target"]: tally for tally in results["targets"]}
    lines = ["| Targets | | Inputs | MB | Lines reached | Faults left |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    total = [0, 0, 0, 0]
    for group, targets in GROUPS.items():
        own = [by_name[target.name] for target in targets if target.name in by_name]
        sums = [
            sum(t["executions"] for t in own),
            sum(t["input_bytes"] for t in own),
            sum(len(t["faults"]) for t in own),
        ]
        most = max((t.get("lines", 0) for t in own), default=0)
        lines.append(f"| {group} | {len(own)} | {sums[0]:,} | {sums[1] / 1e6:,.0f} | up to {most:,} | {sums[2]} |")
        total = [total[0] + len(own), total[1] + sums[0], total[2] + sums[1], total[3] + sums[2]]
    lines.append(f"| all | {total[0]} | {total[1]:,} | {total[2] / 1e6:,.0f} | | {total[3]} |")
    return "\n".join([*lines, "", f"{results['seconds']:g} s a target, seed {results['seed']}, {results['machine']}."])


def write_table(results: dict[str, Any]) -> None:
    """Into the page, between the marks."""
    page = TESTS.parent / "docs" / "reliability.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    page.write_text(f"{before}{MARKS[0]}\n{table(results)}\n{MARKS[1]}{after}", encoding="utf-8")


def main() -> int:
    """Exit 1 where a fault was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="for each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="targets whose names contain this")
    parser.add_argument("--out", type=Path, help=f"results, such as {RESULTS.relative_to(TESTS.parent)}")
    parser.add_argument("--table", action="store_true", help="no run: make the table of docs/reliability.md")
    asked = parser.parse_args()
    if asked.table:
        write_table(json.loads(RESULTS.read_text()))
        return 0
    os.nice(NICE)
    from proofs.paths import kernel_dir

    os.environ.setdefault("ASSAY_KERNELS", str(kernel_dir()))  # compiled once, not in every campaign
    home = tempfile.TemporaryDirectory(prefix="assay-fuzz-home-")
    os.environ["ASSAY_HOME"] = home.name
    from fuzz.targets import TARGETS

    names = [target.name for target in TARGETS if asked.only in target.name]
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, other work beside it"
    results = {"seconds": asked.seconds, "seed": asked.seed, "machine": machine}
    tallies: list[dict[str, Any]] = []
    for tally in campaign(names, asked.seed, asked.seconds):
        tallies.append(tally)
        if asked.out:  # after every target: an interrupted campaign is not lost
            asked.out.write_text(json.dumps({**results, "targets": tallies}, indent=1, sort_keys=True) + "\n")
    home.cleanup()
    return 1 if any(tally["faults"] for tally in tallies) else 0


if __name__ == "__main__":
    raise SystemExit(main())
