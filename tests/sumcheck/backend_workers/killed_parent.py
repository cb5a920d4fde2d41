"""A process that proves with workers until somebody kills it: ``killed_parent.py SUBJECT FOLDER``.

Shards 2 and 3 never finish. FOLDER gets their workers' marks.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest
from helpers.tiny_sumcheck import CONTEXT, SHARD, question
from worker_kit import misbehaving

from proofs.sumcheck_backend.proving import prove
from proofs.sumcheck_backend.workers.choosing import Wanted

if __name__ == "__main__":
    own = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 - the test wrote it
    misbehaving(pytest.MonkeyPatch(), Path(sys.argv[2]), "hang", which=(2, 3))
    prove(own.model, own.examples, own.data, question("score"), shard=SHARD, context=CONTEXT, wanted=Wanted(2))
