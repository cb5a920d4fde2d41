"""Makes the golden bundles about outputs, format 1: ``python tests/golden/make_golden_outputs.py`` from the root.

One inference and one retrieval over the same corpus of two documents, one to a batch, under the reference string of the
accuracy bundle beside them (which see, on what such proofs are worth). Once a release has been made, the folder is not
written again; a new format gets a folder of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent / "v1-outputs"
sys.path[:0] = [str(FOLDER.parents[2]), str(FOLDER.parents[1])]

from helpers.tiny_models import mlp  # noqa: E402

from proofs.canonical import to_hex  # noqa: E402
from proofs.commitment.corpus import Document, commit_corpus  # noqa: E402
from proofs.commitment.input_format import InputFormat  # noqa: E402
from proofs.commitment.view_format import ViewFormat  # noqa: E402
from proofs.halo2 import srs  # noqa: E402
from proofs.halo2.backend import Halo2Backend  # noqa: E402
from proofs.halo2.commit import CommitOptions  # noqa: E402
from proofs.predicate import Predicate  # noqa: E402

REFERENCE, CONTEXT = FOLDER.parent / "v1" / "reference.srs", bytes(range(32))
SHAPE = InputFormat((4,), scale_bits=7, classes=2, batch=1)
VIEW = ViewFormat((4,), "int16", unit_bits=6, scale_bits=7, batch=1)
PREDICATE = Predicate.at_least(0, -0.125, SHAPE.scale_bits)


def main() -> None:
    """Commit, prove and write the files."""
    srs_sha256 = hashlib.sha256(REFERENCE.read_bytes()).hexdigest()
    with tempfile.TemporaryDirectory() as home:
        os.environ["ASSAY_HOME"] = home
        srs.import_file(REFERENCE, srs_sha256)
        backend = Halo2Backend()
        model = backend.commit_model(mlp(0, (4, 3, 2)), SHAPE, CommitOptions(proofs=4))
        views = np.random.default_rng(1).integers(-64, 65, (2, 4)).astype(np.int16)
        documents = [Document(f"document {index}".encode(), view) for index, view in enumerate(views)]
        corpus = commit_corpus(documents, VIEW)
        inference = backend.prove_inference(model, corpus, CONTEXT).bundle
        retrieval = backend.prove_retrieval(model, corpus, PREDICATE, CONTEXT).bundle
        predictions = backend.verify_inference(inference, model.commitment, corpus.commitment)
        found = backend.verify_retrieval(retrieval, model.commitment, corpus.commitment)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "inference.assay").write_bytes(inference.to_bytes())
    (FOLDER / "retrieval.assay").write_bytes(retrieval.to_bytes())
    (FOLDER / "model.commit").write_bytes(model.commitment.to_bytes())
    (FOLDER / "corpus.commit").write_bytes(corpus.commitment.to_bytes())
    facts = {
        "selected": list(found.selected),
        "total": found.total,
        "logits": [list(row) for row in predictions.logits],
        "scale_bits": predictions.scale_bits,
        "model_id": to_hex(model.commitment.model_id),
        "corpus_root": to_hex(corpus.commitment.root),
        "format_digest": to_hex(VIEW.digest),
        "statement_digests": [to_hex(bundle.statement.digest) for bundle in (inference, retrieval)],
        "notes": [to_hex(bundle.note) for bundle in (inference, retrieval)],
        "srs_sha256": srs_sha256,
    }
    (FOLDER / "outputs_facts.json").write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
