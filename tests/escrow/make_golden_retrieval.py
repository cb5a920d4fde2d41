"""Makes the golden search: a tiny committed model's proofs of which documents match, bound to a job on a fresh anvil.

Run it again (``python tests/escrow/make_golden_retrieval.py``, two minutes) when ezkl's release, the circuit, an
encoding or an address rule changes on purpose. The reference string is drawn here and thrown away.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from golden_job import BUYER_ADDRESS, CHAIN_ID, SELLER_ADDRESS
from golden_search import (
    ABSENT,
    BATCH,
    FOUND,
    NONCE,
    RETRIEVAL_ADDRESS,
    SCALE_BITS,
    golden_corpus,
    golden_file,
    note_of,
)
from make_golden import FORMAT, tiny_model

from escrow.solc import compile_verifier
from proofs.commitment.corpus import Corpus
from proofs.halo2 import srs
from proofs.halo2.commit import CommitOptions, commit_model
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.tag import bound_tag
from proofs.halo2.task import RETRIEVAL_CLASS, TaskCircuit
from proofs.halo2.task_prover import TaskProving, proving_task
from proofs.predicate import CLASS, Predicate
from protocols.job_tag import compute_tag


def proven(work: TaskProving, corpus: Corpus, tag: bytes) -> list[dict[str, object]]:
    """The proofs of every batch in the golden file's form."""
    records = []
    for index in range(corpus.commitment.batches):
        rows = corpus.rows[index * BATCH : (index + 1) * BATCH]
        proof, _ = work.prove(rows, corpus.opening(index), tag)
        bits = sum(1 << j for j in range(BATCH) if proof.words[j])
        records.append({"bits": bits, "tag_hash": hex(proof.tag_hash), "proof": proof.proof.hex()})
    return records


def write(model: SecretModel, corpus: Corpus) -> None:
    """Prove a search that finds documents and one that finds none, and write the golden files."""
    commitment, description = model.commitment, model.description
    circuit = TaskCircuit(description, RETRIEVAL_CLASS, corpus.format)
    opener, accepter = BUYER_ADDRESS, SELLER_ADDRESS
    tag = compute_tag(CHAIN_ID, RETRIEVAL_ADDRESS, opener, accepter, commitment.model_id, NONCE)
    searches = {}
    for selected in (FOUND, ABSENT):
        words = Predicate(CLASS, selected).words(description.format.classes, SCALE_BITS)
        with proving_task(model, circuit, words) as work:
            searches[str(selected)] = proven(work, corpus, bound_tag(tag, note_of(selected)))
            source = work.artefacts.verifier_source
    record = {
        "binding": description.binding,
        "points": circuit.points,
        "outputs": description.format.classes,
        "model_id": commitment.model_id.hex(),
        "weights_commitment": commitment.weights_commitment.hex(),
        "srs_digest": description.srs_digest.hex(),
        "verifier_codehash": compile_verifier(source).codehash.hex(),
        "searches": searches,
    }
    golden_file("search.json").parent.mkdir(exist_ok=True)
    golden_file("search.json").write_text(json.dumps(record, indent=1) + "\n")
    golden_file("Halo2Verifier.sol").write_text(source)


def main() -> None:
    """Make everything in a throw-away home."""
    with tempfile.TemporaryDirectory(prefix="assay-golden-") as home:
        os.environ["ASSAY_HOME"] = home
        for logrows in (11, 12, 13, 14):
            srs.make_insecure(logrows)
        options = CommitOptions(binding="polycommit", proofs=4, owner=bytes.fromhex(SELLER_ADDRESS[2:]))
        write(commit_model(tiny_model().SerializeToString(), FORMAT, options), golden_corpus())


if __name__ == "__main__":
    main()
