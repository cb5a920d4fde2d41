"""The campaign's counts: ``python tests/faults/fault_campaign.py [--write] [COUNTS.json ..]``.

Runs everything, or merges what single sessions left (``ASSAY_FAULTS_TALLY=COUNTS.json pytest tests/faults``). Kept in
``campaign.json`` beside this file; the table of docs/reliability.md is made from it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).with_name("campaign.json")
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- campaign: made by tests/faults/fault_campaign.py -->", "<!-- end of campaign -->"
VARIABLE = "ASSAY_FAULTS_TALLY"
SURVIVED = "went on, same end"
HEAD = ("protocol", "party", "fault", "times", "outcome")


@dataclass
class Tally:
    """Faults injected in this session, by protocol, party, kind and outcome; only what ended as it must is counted."""

    counts: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    began: float = field(default_factory=time.monotonic)

    def count(self, protocol: str, party: str, kind: str, times: int = 1, outcome: str = SURVIVED) -> None:
        """Add what a test has seen end well."""
        self.counts[(protocol, party, kind, outcome)] += times

    def keep(self) -> None:
        """Leave it where the campaign looks for it."""
        path = os.environ.get(VARIABLE)
        if path:
            rows = [[*key, times] for key, times in sorted(self.counts.items())]
            minutes = (time.monotonic() - self.began) / 60
            Path(path).write_text(json.dumps({"minutes": minutes, "rows": rows}))


def merged(sessions: list[dict[str, Any]]) -> dict[str, Any]:
    """One record of several sessions."""
    sys.path.insert(0, str(ROOT))
    from benchmarks.__main__ import machine

    counts: Counter[tuple[str, ...]] = Counter()
    for *key, times in (row for session in sessions for row in session["rows"]):
        counts[tuple(key)] += times
    rows = [[*key, times] for key, times in sorted(counts.items())]
    minutes = round(sum(session["minutes"] for session in sessions))
    return {"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), "minutes": minutes, "rows": rows}


def table(record: dict[str, Any]) -> str:
    """The record as Markdown."""
    lines = ["| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD)]
    for protocol, party, kind, outcome, times in record["rows"]:
        lines.append(f"| {protocol} | {party} | {kind} | {times:,} | {outcome} |")
    total = sum(row[-1] for row in record["rows"])
    return (
        f"{total:,} faults on {record['date']}, {record['machine']}, in {record['minutes']} minutes.\n\n"
        + "\n".join(lines)
    )


def page_with(page: str, record: dict[str, Any]) -> str:
    """The page with its table replaced."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table(record)}\n\n{END}{after}"


def main() -> None:
    """Run the campaign, or take the counts of sessions named; with ``--write`` keep them and render the page."""
    files = [Path(word) for word in sys.argv[1:] if word != "--write"]
    with tempfile.TemporaryDirectory(prefix="assay-faults-") as name:
        if not files:
            files = [Path(name) / "counts.json"]
            words = [sys.executable, "-m", "pytest", "-q", "-m", "slow or not slow", str(Path(__file__).parent)]
            run = subprocess.run(words, cwd=ROOT, env={**os.environ, VARIABLE: str(files[0])}, check=False)
            if run.returncode:
                sys.exit(run.returncode)
        record = merged([json.loads(path.read_text()) for path in files])
    sys.stdout.write(table(record) + "\n")
    if "--write" in sys.argv[1:]:
        RECORD.write_text(json.dumps(record, indent=1) + "\n")
        PAGE.write_text(page_with(PAGE.read_text(), record))


if __name__ == "__main__":
    main()
