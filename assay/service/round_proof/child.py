"""``python -m assay.service.round_proof.child``: make one round proof, beside the service, from what is on its disk.

A process of its own, so that no proof holds up an answer, and one that runs out of memory ends alone. Its request is a
JSON object on standard input; its last line on standard error says what went wrong.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from assay.service.contests import recorded_answer
from assay.service.round import Round
from assay.service.round_proof.making import make_round_proof
from proofs.container import read_file
from proofs.errors import AssayError
from proofs.files import write_atomic
from proofs.sumcheck_backend.secret_network import read_secret_network

NICE = 5
"""Answers go first."""
_MAX_ONNX_BYTES = 1 << 30


def main() -> int:
    """Read the request, prove, write the proof; 0 when it is there."""
    os.nice(NICE)
    asked = json.loads(sys.stdin.read())
    try:
        onnx = read_file(Path(asked["onnx"]), "model", _MAX_ONNX_BYTES)
        network = read_secret_network(Path(asked["commit"]), onnx)
        of = Round.from_bytes(asked["round"].encode())
        folder = Path(asked["folder"])
        answers = {index: recorded_answer(folder, of.job_id, index) for index in asked["indices"]}
        made = make_round_proof(network, of, answers)
        write_atomic(Path(asked["out"]), made.to_bytes(), secret=True)
    except AssayError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
