"""``python -m benchmarks.committed.compiling``: kernels compiled from nothing, then read from the cache.

One proof of LeNet on 16 images in a home without machine code, twice, each in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = 16


def compiling() -> dict[str, float]:
    """Seconds under the compiler's lock of a first and a second process."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as home:
        command = [sys.executable, "-m", "benchmarks.committed.compiling"]
        surroundings = {**os.environ, "ASSAY_HOME": home}
        seconds = [
            float(
                json.loads(
                    subprocess.run(
                        command, cwd=_ROOT, env=surroundings, check=True, capture_output=True, text=True
                    ).stdout
                )
            )
            for _ in range(2)
        ]
        stored = sum(path.stat().st_size for path in Path(home).rglob("*.nbc"))
    return {"compile_s": seconds[0], "load_s": seconds[1], "stored_mb": stored / 1e6}


def _spent() -> float:
    from benchmarks.committed.machine_code import machine_code
    from benchmarks.committed.proving import STATEMENT, prepare
    from benchmarks.committed.subjects import subject
    from proofs.networks.execution import logits
    from proofs.sumcheck.committed.prove import prove
    from proofs.sumcheck.committed.verify import verify
    from proofs.sumcheck.fields import field

    with machine_code() as code:
        chosen, used = field("m31", "fast"), subject("LeNet", EXAMPLES)
        prepared = prepare(chosen, used, logits(used.network, used.weights, used.x))
        verify(chosen, prepared.instance, STATEMENT, prove(chosen, prepared.instance, STATEMENT, prepared.secret))
    return code.seconds


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_spent()))
