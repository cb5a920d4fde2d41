"""Every check of the verifier's side switched off in turn. ``python -m tests.mutation --only "commitments"``

Results go to benchmarks/mutation.json after every scope, and what has not changed since is not run again; the table of
docs/reliability.md is made from that file by ``--table``.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent)]
RESULTS = TESTS.parent / "benchmarks" / "mutation.json"
NICE = 15


def python_part(names: list[str], seconds: float, results: dict[str, Any], out: Path) -> None:
    """The scopes whose modules and tests have changed, or whose time was too short."""
    from mutation.campaign import fresh_stamp, run_scope, verdicts
    from mutation.results import merged, standing
    from mutation.scopes import SCOPES

    for scope in SCOPES:
        before = results["scopes"].get(scope.name)
        if scope.name not in names or (before and before["whole"] and before["stamp"] == fresh_stamp(scope)):
            continue
        outcome = run_scope(scope, seconds, standing(before))
        results["scopes"][scope.name] = merged(before, outcome, verdicts(outcome))
        found = results["scopes"][scope.name]["checks"]
        print(f"{scope.name}: {sum(v['outcome'] == 'killed' for v in found.values())} of {len(found)}", flush=True)
        save(results, out)


def solidity_part(sample: int | None, seed: int, results: dict[str, Any], out: Path) -> None:
    """The contracts' checks, or a sample of them; those known to be noticed in the same sources are left out."""
    from mutation.solidity import copy_with_switches, forge_test, run_check, source_stamp

    known = results["contracts"]
    if known.get("stamp") != source_stamp():
        known.clear()
        known.update({"stamp": source_stamp(), "checks": {}})
    with tempfile.TemporaryDirectory(prefix="assay-mutation-") as folder:
        checks = copy_with_switches(Path(folder))
        known["names"] = [check.name for check in checks]
        left = [check for check in checks if known["checks"].get(check.name, {}).get("outcome") != "killed"]
        if forge_test(Path(folder), 0) != "passed":
            raise SystemExit("the contracts' tests fail before any check is off")
        for check in left if sample is None else random.Random(seed).sample(left, min(sample, len(left))):
            known["checks"][check.name] = run_check(Path(folder), check)
            print(check.name, known["checks"][check.name]["outcome"], flush=True)
            save(results, out)


def save(results: dict[str, Any], out: Path) -> None:
    out.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def main() -> int:
    """Exit 1 where a check can be removed unnoticed and no reason is on file."""
    from mutation.results import unanswered, write_table
    from mutation.scopes import SCOPES

    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--only", default="*", help="scopes by glob; 'contracts' is the Solidity part")
    parser.add_argument("--seconds", type=float, default=1800.0, help="for each scope of Python modules")
    parser.add_argument("--sample", type=int, help="so many of the contracts' checks, drawn with --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--table", action="store_true", help="no run: make the table of docs/reliability.md")
    asked = parser.parse_args()
    kept = asked.out if asked.out.exists() else RESULTS
    results = json.loads(kept.read_text()) if kept.exists() else {"scopes": {}, "contracts": {}}
    if asked.table:
        write_table(results)
        return 0
    os.nice(NICE)
    names = [name for name in [*(s.name for s in SCOPES), "contracts"] if fnmatch.fnmatch(name, asked.only)]
    python_part(names, asked.seconds, results, asked.out)
    if "contracts" in names:
        solidity_part(asked.sample, asked.seed, results, asked.out)
    for name in (left := unanswered(results)):
        print(f"can be removed unnoticed: {name}", file=sys.stderr)
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
