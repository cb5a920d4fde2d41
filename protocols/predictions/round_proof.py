"""One proof about a whole round: the message that carries it, and the context that binds it to this job.

Nobody signs it: who is convinced by a proof does not ask who sent it. The escrow never sees it either; it is one more
thing the client may know before it signs its receipt or contests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from proofs.container import pack, unpack
from proofs.encoding import abi_digest, domain
from proofs.errors import InvalidInput, MalformedProof
from protocols.predictions.terms import MAX_ROUND

CONTEXT_DOMAIN = domain("assay/round-proof/v1")
MAGIC, VERSION = b"ASSAYRPF", 1
MAX_ROUND_PROOF_BYTES = 64 << 20
"""A message; a proof about 10,000 answers of a large network has a few megabytes."""
_HEAD, _INDICES, _BUNDLE = b"HEAD", b"INDX", b"BNDL"
_WHAT = "round proof"
_ID_BYTES, _INDEX_BYTES = 32, 4


def round_context(job_id: bytes, indices: Sequence[int]) -> bytes:
    """The 32 bytes every statement about these answers carries; so a proof made for one job is none for another.

    keccak256(abi.encode(D("assay/round-proof/v1"), jobId, uint32[] indices)). The job id binds chain, escrow, parties
    and terms; which inputs were answered is bound by the statement's own commitment to them.
    """
    return abi_digest(["bytes32", "bytes32", "uint32[]"], [CONTEXT_DOMAIN, job_id, list(indices)])


@dataclass(frozen=True, slots=True)
class RoundProof:
    """What the provider hands the client after the answers.

    Args:
        job_id: the job (32 bytes). model_id: the committed network the proof is about (32 bytes).
        indices: of the answers it covers, ascending; example i of the proof is the input of question ``indices[i]``.
        bundle: the proof, unparsed; it should stay between the two. It states every logit, whoever guesses the inputs
            can confirm the guess by it, and an integrity proof shows equations in weights and inputs besides.

    Raises:
        InvalidInput: indices that are none or not ascending, or ids of another length.
    """

    job_id: bytes
    model_id: bytes
    indices: tuple[int, ...]
    bundle: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if {len(self.job_id), len(self.model_id)} != {_ID_BYTES}:
            raise InvalidInput(f"{_WHAT}: job and model ids have {_ID_BYTES} bytes")
        if not 1 <= len(self.indices) <= MAX_ROUND or not 0 <= self.indices[0] or self.indices[-1] >= MAX_ROUND:
            raise InvalidInput(f"{_WHAT}: it covers 1 to {MAX_ROUND} answers, numbered from 0 below {MAX_ROUND}")
        if any(after <= before for before, after in pairwise(self.indices)):
            raise InvalidInput(f"{_WHAT}: its indices must ascend")

    @property
    def context(self) -> bytes:
        """What the bundle's statement must carry."""
        return round_context(self.job_id, self.indices)

    def to_bytes(self) -> bytes:
        """The message."""
        indices = b"".join(index.to_bytes(_INDEX_BYTES, "big") for index in self.indices)
        head = self.job_id + self.model_id
        return pack(MAGIC, VERSION, [(_HEAD, head), (_INDICES, indices), (_BUNDLE, self.bundle)])

    @classmethod
    def from_bytes(cls, raw: bytes) -> RoundProof:
        """Parse untrusted bytes strictly. Raises MalformedProof; says nothing about validity."""
        if len(raw) > MAX_ROUND_PROOF_BYTES:
            raise MalformedProof(f"{_WHAT}: {len(raw)} bytes; none is larger than {MAX_ROUND_PROOF_BYTES}")
        sections = unpack(raw, MAGIC, VERSION, _WHAT)
        if [name for name, _ in sections] != [_HEAD, _INDICES, _BUNDLE]:
            raise MalformedProof(f"{_WHAT} must have the sections HEAD, INDX and BNDL, in this order")
        (_, head), (_, packed), (_, bundle) = sections
        if len(head) != 2 * _ID_BYTES or len(packed) % _INDEX_BYTES:
            raise MalformedProof(f"{_WHAT}: HEAD has {2 * _ID_BYTES} bytes, INDX {_INDEX_BYTES} an index")
        places = range(0, len(packed), _INDEX_BYTES)
        indices = tuple(int.from_bytes(packed[place : place + _INDEX_BYTES], "big") for place in places)
        try:
            return cls(head[:_ID_BYTES], head[_ID_BYTES:], indices, bundle)
        except InvalidInput as error:
            raise MalformedProof(str(error)) from None
