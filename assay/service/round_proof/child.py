"""``python -m assay.service.round_proof.child``: make one round proof, beside the service, from what is on its disk.

A process of its own, so that no proof holds up an answer, and one that runs out of memory ends alone. Its request is a
JSON object on standard input; its last line on standard error says what went wrong.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from assay.service.round import Round
from assay.service.round_proof.making import make_round_proof
from assay.service.store import FILE, StoredAnswer, read_answer, read_only, readable
from proofs.container import read_file
from proofs.errors import AssayError, MissingArtifact
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
        answers = recorded(Path(asked["folder"]), of.job_id, asked["indices"])
        made = make_round_proof(network, of, answers)
        write_atomic(Path(asked["out"]), made.to_bytes(), secret=True)
    except AssayError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def recorded(folder: Path, job_id: bytes, indices: list[int]) -> dict[int, StoredAnswer]:
    """What the service wrote down, read while it goes on. Raises InvalidInput or MissingArtifact."""
    connection = read_only(folder / FILE)
    try:
        with readable(folder):
            found = {index: read_answer(connection, job_id, index) for index in indices}
    finally:
        connection.close()
    known = {index: stored for index, stored in found.items() if stored is not None}
    if len(known) < len(indices):
        raise MissingArtifact(f"{folder} lacks {len(indices) - len(known)} answers of job 0x{job_id.hex()}")
    return known


if __name__ == "__main__":
    sys.exit(main())
