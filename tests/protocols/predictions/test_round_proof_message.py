"""The message of a round's proof: one encoding, strict parsing, and a context that names job and questions."""

from __future__ import annotations

import pytest
from prediction_samples import JOB_ID

from proofs.container import pack
from proofs.encoding import abi_digest, domain
from proofs.errors import InvalidInput, MalformedProof
from protocols.predictions import round_proof
from protocols.predictions.round_proof import MAGIC, VERSION, RoundProof, round_context

SAMPLE = RoundProof(JOB_ID, b"\x08" * 32, (0, 2, 65_534), b"a bundle")
HEAD, INDICES = JOB_ID + b"\x08" * 32, bytes.fromhex("00000000000000020000fffe")


def test_one_encoding() -> None:
    raw = SAMPLE.to_bytes()
    assert raw == pack(MAGIC, VERSION, [(b"HEAD", HEAD), (b"INDX", INDICES), (b"BNDL", b"a bundle")])
    assert RoundProof.from_bytes(raw) == SAMPLE


def test_context_binds_job_and_questions() -> None:
    digest = abi_digest(["bytes32", "bytes32", "uint32[]"], [domain("assay/round-proof/v1"), JOB_ID, [0, 2, 65_534]])
    assert SAMPLE.context == digest
    others = [(bytes(32), (0, 2)), (JOB_ID, (0, 3)), (JOB_ID, (0,)), (JOB_ID, (0, 2, 3))]
    assert len({round_context(JOB_ID, (0, 2)), *(round_context(*other) for other in others)}) == 5


@pytest.mark.parametrize(
    "sections",
    [
        [(b"HEAD", HEAD), (b"INDX", INDICES)],
        [(b"INDX", INDICES), (b"HEAD", HEAD), (b"BNDL", b"")],
        [(b"HEAD", HEAD), (b"INDX", INDICES), (b"BNDL", b""), (b"BNDL", b"")],
        [(b"HEAD", HEAD[:-1]), (b"INDX", INDICES), (b"BNDL", b"")],
        [(b"HEAD", HEAD), (b"INDX", b""), (b"BNDL", b"")],
        [(b"HEAD", HEAD), (b"INDX", INDICES + b"\0"), (b"BNDL", b"")],
        [(b"HEAD", HEAD), (b"INDX", INDICES[4:8] * 2), (b"BNDL", b"")],
        [(b"HEAD", HEAD), (b"INDX", INDICES[::-1]), (b"BNDL", b"")],
        [(b"HEAD", HEAD), (b"INDX", bytes.fromhex("0000ffff")), (b"BNDL", b"")],
    ],
)
def test_other_bytes_are_refused(sections: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(MalformedProof):
        RoundProof.from_bytes(pack(MAGIC, VERSION, sections))


def test_length_is_looked_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = SAMPLE.to_bytes()
    monkeypatch.setattr(round_proof, "MAX_ROUND_PROOF_BYTES", len(raw) - 1)
    with pytest.raises(MalformedProof, match="none is larger"):
        RoundProof.from_bytes(raw)
    for cut in range(0, len(raw), 7):
        with pytest.raises(MalformedProof):
            RoundProof.from_bytes(raw[:cut])


def test_what_cannot_be_said_is_not_built() -> None:
    for job, indices in ((b"\x01" * 31, (0,)), (JOB_ID, ()), (JOB_ID, (1, 1)), (JOB_ID, (-1, 2)), (JOB_ID, (65_535,))):
        with pytest.raises(InvalidInput):
            RoundProof(job, b"\x08" * 32, indices, b"")
