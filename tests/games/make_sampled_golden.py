"""Makes the golden job of protocol A': proofs of every pair of the examples that are not drawn, and what was committed.

Run it again (``python tests/games/make_sampled_golden.py``, a minute) when ezkl's release, the circuit, an encoding or
an address rule changes on purpose. The reference string is drawn here and thrown away: these proofs prove nothing.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "escrow"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from golden_job import SELLER_ADDRESS
from make_golden import MODEL_SEED, golden_tag, hash_rows, labelled, public_facts, tiny_model
from sampled_golden import BATCH, FOLDER, FORMAT, PAIRS

from escrow.solc import compile_verifier
from proofs.commitment.test_set import commit_test_set
from proofs.encoding import keccak256
from proofs.halo2 import srs
from proofs.halo2.artefacts import build
from proofs.halo2.commit import CommitOptions, commit_model
from proofs.halo2.prover import Proving, proving
from proofs.halo2.tag import bound_tag


def pair_record(work: Proving, place: int, tag: bytes) -> dict[str, object]:
    """One proven pair."""
    proof, _ = work.prove_batch(place, tag)
    return {
        "indices": list(PAIRS[place]),
        "tag_hash": hex(proof.tag_hash),
        "count": proof.count,
        "proof": proof.proof.hex(),
    }


def main() -> None:
    """Make everything in a throw-away home."""
    with tempfile.TemporaryDirectory(prefix="assay-golden-") as home:
        os.environ["ASSAY_HOME"] = home
        for logrows in (11, 12, 13, 14):
            srs.make_insecure(logrows)
        onnx = tiny_model(MODEL_SEED).SerializeToString()
        test_set = commit_test_set(*labelled(onnx), FORMAT, hash_rows, public=True)
        owner = bytes.fromhex(SELLER_ADDRESS[2:])
        model = commit_model(onnx, FORMAT, CommitOptions(binding="polycommit", proofs=len(PAIRS), owner=owner))
        tag, note = golden_tag(model.commitment.model_id), keccak256(b"golden")
        source = build(model.description, None).verifier_source
        record = public_facts(model, test_set, tag, note, compile_verifier(source).codehash)
        with proving(model, test_set.part([index for pair in PAIRS for index in pair])) as work:
            record["pairs"] = [pair_record(work, place, bound_tag(tag, note)) for place in range(len(PAIRS))]
    assert record["batch"] == BATCH
    record |= {name: getattr(test_set, name).tolist() for name in ("raw", "labels", "salts")}
    record["hashes"] = [hex(value) for value in test_set.hashes]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "job.json").write_text(json.dumps(record, indent=1) + "\n")
    (FOLDER / "Halo2Verifier.sol").write_text(source)


if __name__ == "__main__":
    main()
