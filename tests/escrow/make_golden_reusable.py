"""Makes the golden job of the shared verifier: a tiny circuit with proofs, its key as words, and another circuit's key.

Run it again (``python tests/escrow/make_golden_reusable.py``, a minute) for the reasons ``make_golden.py`` names, then
``python tests/escrow/reusable_stage.py``, which measures gas. The reference strings are thrown away, as there.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from golden_job import golden_folder
from make_golden import BATCH, FORMAT, MODEL_SEED, committed, golden_tag, labelled, proofs, public_facts, tiny_model

from escrow.solc import compile_verifier
from proofs.commitment.test_set import commit_test_set
from proofs.encoding import keccak256
from proofs.halo2 import srs
from proofs.halo2.artefacts import build
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.reusable import reusable_key
from proofs.halo2.tag import bound_tag

FOLDER = golden_folder("reusable")


def main() -> None:
    """Write everything anew."""
    with tempfile.TemporaryDirectory(prefix="assay-golden-") as home:
        os.environ["ASSAY_HOME"] = home
        for logrows in (12, 13):
            srs.make_insecure(logrows)
        x, y = labelled(tiny_model().SerializeToString())
        test_set = commit_test_set(x, y, FORMAT, Halo2Backend().hash_examples)
        model, other = committed("polycommit", MODEL_SEED), committed("hashed", MODEL_SEED)
        tag, note = golden_tag(model.commitment.model_id), keccak256(b"golden")
        artefacts = build(model.description)
        key, foreign = reusable_key(artefacts), reusable_key(build(other.description))
        facts = public_facts(model, test_set, tag, note, compile_verifier(artefacts.verifier_source).codehash)
        record = {**facts, **proofs("polycommit", model, test_set, bound_tag(tag, note))}
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / "job.json").write_text(json.dumps(record, indent=1) + "\n")
        (FOLDER / "Halo2Verifier.sol").write_text(artefacts.verifier_source)
        (FOLDER / "Halo2VerifierReusable.sol").write_text(key.source)
        keys = {"words": key.words.hex(), "proof_bytes": key.proof_bytes, "foreign_words": foreign.words.hex()}
        (FOLDER / "key.json").write_text(json.dumps(keys, indent=1) + "\n")


if __name__ == "__main__":
    assert BATCH == FORMAT.batch
    main()
