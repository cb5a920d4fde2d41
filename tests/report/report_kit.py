"""Running `assay report` in this process, and the golden bundles it is run on."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from page_check import Tree, check_page

from assay.cli import run

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
SUMCHECK, OPEN, HALO2 = GOLDEN / "v2-sumcheck", GOLDEN / "v1-safetynets", GOLDEN / "v1"
SEARCH = (
    SUMCHECK / "class.assay", "--commit", SUMCHECK / "model.commit", "--data-commit", SUMCHECK / "documents.commit",
)  # fmt: skip
ANSWERS = (OPEN / "dense.assay", "--model", OPEN / "dense.onnx", "--data", OPEN / "dense.npz")


@dataclass(frozen=True)
class Written:
    """What a run left behind: its exit code, its page, its JSON document, and what it said on standard error."""

    code: int
    page: bytes
    document: dict[str, Any]
    err: str

    def tree(self) -> Tree:
        """The page, checked and parsed."""
        return check_page(self.page)


def report(folder: Path, *arguments: object) -> Written:
    """Run the command into ``folder``."""
    out, err, said = folder / "report.html", io.StringIO(), io.StringIO()
    words = ["report", *map(str, arguments), "-o", str(out), "--json", "-"]
    with redirect_stdout(said), redirect_stderr(err):
        code = run(words)
    assert "Traceback" not in err.getvalue()
    text = said.getvalue()
    page = out.read_bytes() if out.exists() else b""
    return Written(code, page, json.loads(text) if text else {}, err.getvalue())
