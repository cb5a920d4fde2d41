"""What is kept of a campaign, and the table of docs/reliability.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from mutation.campaign import stamp
from mutation.exempt import REASONS
from mutation.scopes import ROOT

MARKS = ("<!-- mutation: begin -->", "<!-- mutation: end -->")
PAGE = ROOT / "docs" / "reliability.md"
HEAD = [
    "| Where | Checks | Run | Noticed | Unnoticed | of these, no difference |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
]


def merged(before: dict[str, Any] | None, outcome: dict[str, Any], found: dict[str, str]) -> dict[str, Any]:
    """A scope's record: a check once noticed stays so while neither its module nor the noticing test changes."""
    known = before["checks"] if before else {}
    checks: dict[str, dict[str, str]] = {}
    for name, verdict in found.items():
        old, by = known.get(name, {}), outcome["checks"].get(name, {}).get("by", "")
        if verdict == "killed":
            checks[name] = {"outcome": verdict, "by": by, "stamp": _stamp(name, by)}
        elif old.get("outcome") == "killed" and old["stamp"] == _stamp(name, old["by"]):
            checks[name] = old
        else:
            checks[name] = {"outcome": verdict}
    rest = {"stamp": outcome["stamp"], "tests": outcome["ran"], "failed": outcome["failed"]}
    return {"checks": checks, "whole": outcome["whole"], **rest}


def standing(before: dict[str, Any] | None) -> frozenset[str]:
    """Checks whose being noticed still stands."""
    known = before["checks"].items() if before else ()
    return frozenset(n for n, old in known if old["outcome"] == "killed" and old["stamp"] == _stamp(n, old["by"]))


def _stamp(name: str, by: str) -> str:
    """Of the module of check ``name`` and the file of test ``by``; empty if one is gone."""
    files = [name.split("::", maxsplit=1)[0], by.split("::", maxsplit=1)[0]]
    return stamp(files) if all((ROOT / file).is_file() for file in files) else ""


def parts(results: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Name of a part and the verdict on each of its checks."""
    for name, scope in sorted(results["scopes"].items()):
        yield name, {check: found["outcome"] for check, found in scope["checks"].items()}
    known = results["contracts"]
    if known:
        tried = known["checks"]
        yield "contracts", {name: tried.get(name, {"outcome": "not run"})["outcome"] for name in known["names"]}


def unanswered(results: dict[str, Any]) -> list[str]:
    """Checks that can be removed unnoticed, without a reason on file."""
    return [
        check
        for _, verdicts in parts(results)
        for check, verdict in verdicts.items()
        if verdict == "survived" and check not in REASONS
    ]


def table(results: dict[str, Any]) -> str:
    """A line for each part."""
    lines, total = list(HEAD), [0] * 5
    for name, verdicts in parts(results):
        counts = Counter(verdicts.values())
        equal = sum(check in REASONS for check, verdict in verdicts.items() if verdict == "survived")
        row = [len(verdicts), counts["killed"] + counts["survived"], counts["killed"], counts["survived"], equal]
        lines.append(f"| {name} | " + " | ".join(f"{number:,}" for number in row) + " |")
        total = [one + other for one, other in zip(total, row, strict=True)]
    lines.append("| all | " + " | ".join(f"{number:,}" for number in total) + " |")
    open_ones = unanswered(results)
    if open_ones:
        lines += ["", "Unnoticed so far:", ""] + [f"- `{name}`" for name in open_ones]
    return "\n".join(lines)


def write_table(results: dict[str, Any]) -> None:
    """Into the page, between the marks."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    PAGE.write_text(f"{before}{MARKS[0]}\n{table(results)}\n{MARKS[1]}{after}", encoding="utf-8")
