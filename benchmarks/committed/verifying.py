"""``python -m benchmarks.committed.verifying FILE KIND``: a verifier alone in a process, "fast" or "plain".

A plain one has no numba to import: NumPy is all it needs.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psutil

from benchmarks.committed.row import Checked
from proofs.sumcheck.committed.instance import Instance

_ROOT = Path(__file__).resolve().parents[2]


def verify_apart(instance: Instance, statement: bytes, proof: bytes, kind: str) -> tuple[Checked, float, int]:
    """Check a proof in a process of its own; also the worst round's bits, and the number of messages."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        path = Path(folder) / "proof.pickle"
        path.write_bytes(pickle.dumps((instance, statement, proof)))
        start = time.perf_counter()
        command = [sys.executable, "-m", "benchmarks.committed.verifying", str(path), kind]
        found = subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, text=True)
        wall_s = time.perf_counter() - start
    answer = json.loads(found.stdout)
    bits, messages = answer.pop("bits"), answer.pop("messages")
    return Checked(**answer, wall_s=wall_s), bits, messages


def _check(path: str, kind: str) -> dict[str, Any]:
    if kind == "plain":
        sys.modules["numba"] = None  # type: ignore[assignment]
    from benchmarks.committed.machine_code import Spent, machine_code
    from proofs.sumcheck.committed.verify import verify
    from proofs.sumcheck.fields import field
    from proofs.sumcheck.soundness import proof_bits

    chosen = field("m31", "plain" if kind == "plain" else "fast")
    load_s = time.time() - psutil.Process().create_time()
    instance, statement, proof = pickle.loads(Path(path).read_bytes())  # noqa: S301 - our own file
    seconds = []
    with nullcontext(Spent()) if kind == "plain" else machine_code() as spent:
        for _ in range(2):
            start = time.perf_counter()
            rounds = verify(chosen, instance, statement, proof)
            seconds.append(time.perf_counter() - start)
    from benchmarks.committed.memory import peak_bytes

    return {
        "load_s": load_s,
        "first_s": seconds[0],
        "verify_s": seconds[1],
        "jit_s": spent.seconds,
        "peak_mb": peak_bytes() / 2**20,
        "bits": proof_bits(rounds, chosen.scalars)[1],
        "messages": len(rounds),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_check(sys.argv[1], sys.argv[2])))
