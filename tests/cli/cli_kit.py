"""Every command as a user runs it, in this process: arguments in; exit code, standard output and error out."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from assay.cli import run

TOTAL = 8  # one batch of the default size


@dataclass(frozen=True)
class Result:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Standard output as the one JSON document it must be with ``--json -``."""
        parsed: dict[str, Any] = json.loads(self.out)
        return parsed

    def refused(self, code: int, words: str) -> None:
        """Check a failure: exit code, one JSON document that says the same, the words, and no traceback."""
        assert self.code == code, (self.code, self.err)
        assert self.document["exit_code"] == code
        assert "Traceback" not in self.err
        assert words in self.err.replace("\n", " ")
        assert self.document["verdict"] in ("error", "rejected", "malformed")
        assert self.document["message"]


def assay(*arguments: object) -> Result:
    """Run one command line."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    return Result(code, out.getvalue(), err.getvalue())


@dataclass(frozen=True)
class Kit:
    """Files of a finished audit, and what the commands that made them answered."""

    folder: Path
    answers: dict[str, Result]

    def __getattr__(self, name: str) -> Path:
        """``kit.model_commit`` is the file model.commit, and so on."""
        return self.folder / name.replace("_", ".")


def labelled(onnx: bytes, total: int = TOTAL, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Fresh examples labelled by the float model itself; every class occurs."""
    session = onnxruntime.InferenceSession(onnx)
    x = np.random.default_rng(seed).uniform(0, 1, (total, 8)).astype(np.float32)
    y = session.run(None, {session.get_inputs()[0].name: x})[0].argmax(1).astype(np.int64)
    y[:3] = [0, 1, 2]
    return x, y
