"""The quickstart's table names every field a command's JSON document has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from pages import ROOT, name

from assay.output import failure
from proofs.errors import InvalidInput
from proofs.halo2.estimate import Estimate
from proofs.onnx_check import CheckReport
from proofs.sumcheck_backend.foretold import Foretold

QUICKSTART = ROOT / "docs" / "quickstart.md"
INSIDE = {"tag", "seed", "ciphertext_root"}
"""Words of the contract's record ``job``, which the table does not take apart."""
WRITERS = [
    *sorted((ROOT / "assay" / "commands").rglob("*.py")),
    ROOT / "assay" / "exact.py",
    ROOT / "assay" / "predictions.py",
    ROOT / "assay" / "exact.py",
    ROOT / "assay" / "simulation" / "game.py",
    *sorted((ROOT / "assay" / "demo").glob("*/play.py")),
]


def documented() -> set[str]:
    """The names between back-ticks in the section."""
    section = QUICKSTART.read_text().split("## Output for scripts")[1].split("\n## ")[0]
    return set(re.findall(r"`([a-z_0-9]+)`", section))


def written(source: Path) -> Iterator[str]:
    """Every name a dictionary in the source is written with."""
    for node in ast.walk(ast.parse(source.read_text())):
        for key in node.keys if isinstance(node, ast.Dict) else ():
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value


@pytest.mark.parametrize("source", WRITERS, ids=name)
def test_every_field_a_command_writes_is_in_the_table(source: Path) -> None:
    missing = set(written(source)) - documented() - INSIDE
    assert not missing, f"docs/quickstart.md, Output for scripts, lacks {sorted(missing)}"


def test_fields_of_records_written_whole_are_in_the_table() -> None:
    whole = {item.name for record in (Estimate, CheckReport, Foretold) for item in fields(record)}
    assert whole | {"supported"} | set(failure(InvalidInput("what"))) <= documented()
