"""Makes the golden bundle of format version 1: ``python tests/golden/make_golden.py`` from the repository's root.

The smallest circuit there is (4 features, 2 classes, batch 1, 2^11 rows), so that its reference string fits into the
repository. That string was drawn here and its trapdoor thrown away: these proofs prove nothing about any model.
Once a release has been made, its folder is never written again; a new format gets a folder of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent / "v1"
sys.path[:0] = [str(FOLDER.parents[2]), str(FOLDER.parents[1])]

from helpers.tiny_models import mlp  # noqa: E402

from proofs.canonical import to_hex  # noqa: E402
from proofs.commitment.input_format import InputFormat  # noqa: E402
from proofs.commitment.test_set import commit_test_set  # noqa: E402
from proofs.halo2 import srs  # noqa: E402
from proofs.halo2.backend import Halo2Backend  # noqa: E402
from proofs.halo2.commit import CommitOptions  # noqa: E402

LOGROWS, CONTEXT = 11, bytes(range(32))
SHAPE = InputFormat((4,), scale_bits=7, classes=2, batch=1)


def main() -> None:
    """Commit, prove and write the files."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["ASSAY_HOME"] = home
        reference, backend = srs.make_insecure(LOGROWS), Halo2Backend()
        model = backend.commit_model(mlp(0, (4, 3, 2)), SHAPE, CommitOptions(proofs=4))
        x = np.random.default_rng(4).uniform(-1, 1, (4, 4))
        test_set = commit_test_set(x, np.array([0, 1, 0, 1]), SHAPE, backend.hash_examples)
        outcome = backend.prove_accuracy(model, test_set, context=CONTEXT)
        verdict = backend.verify_accuracy(outcome.bundle, model.commitment, test_set.commitment)
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / "reference.srs").write_bytes(reference.path.read_bytes())
    (FOLDER / "proof.assay").write_bytes(outcome.bundle.to_bytes())
    (FOLDER / "model.commit").write_bytes(model.commitment.to_bytes())
    (FOLDER / "data.commit").write_bytes(test_set.commitment.to_bytes())
    facts = {
        "correct": verdict.correct,
        "total": verdict.total,
        "model_id": to_hex(model.commitment.model_id),
        "data_root": to_hex(test_set.commitment.root),
        "statement_digest": to_hex(outcome.bundle.statement.digest),
        "note": to_hex(outcome.bundle.note),
        "srs_sha256": hashlib.sha256((FOLDER / "reference.srs").read_bytes()).hexdigest(),
    }
    (FOLDER / "facts.json").write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
