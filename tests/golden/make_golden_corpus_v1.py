"""Makes the golden corpus of format version 1: ``python tests/golden/make_golden_corpus_v1.py`` from the root.

Commitment, secret part, a delivery of three documents and what its key opens. Once a release has been made, its folder
is never written again; a new format gets a folder of its own.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "corpus-v1"
sys.path[:0] = [str(FOLDER.parents[2]), str(FOLDER.parents[1])]

from helpers.dishonest_corpus import JOB, KEY, KEY_HASH, RESPONDER, honest_corpus  # noqa: E402

from proofs.canonical import to_hex  # noqa: E402
from proofs.commitment.corpus_files import write_corpus  # noqa: E402
from proofs.commitment.delivery import build_delivery  # noqa: E402
from proofs.commitment.secret_files import secret_path  # noqa: E402
from proofs.encoding import keccak256  # noqa: E402

SELECTED = [1, 3, 5]


def main() -> None:
    """Write the folder."""
    FOLDER.mkdir(exist_ok=True)
    corpus = honest_corpus()
    delivery = build_delivery(corpus, SELECTED, JOB, KEY)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "corpus.commit"
        write_corpus(path, corpus)
        (FOLDER / "corpus.commit").write_bytes(path.read_bytes())
        (FOLDER / "secret-part.npz").write_bytes(secret_path(path).read_bytes())
    (FOLDER / "delivery.assay").write_bytes(delivery.to_bytes())
    facts = {
        "corpus_root": to_hex(corpus.commitment.root),
        "job": to_hex(JOB),
        "responder": to_hex(RESPONDER),
        "key": to_hex(KEY),
        "key_hash": to_hex(KEY_HASH),
        "selected": SELECTED,
        "chunk_count": delivery.chunk_count,
        "ciphertext_root": to_hex(delivery.ciphertext_root),
        "payloads": {str(index): to_hex(keccak256(corpus.payloads[index])) for index in SELECTED},
        "views": {str(index): corpus.document(index).view.tolist() for index in SELECTED},
    }
    (FOLDER / "corpus.json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
