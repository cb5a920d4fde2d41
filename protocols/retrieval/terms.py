"""The terms of a retrieval job: what requester and responder sign, what the escrow stores, and the ids derived from it.

Source: protocol C of arXiv 2210.08674, section 5.4 (proofs over every document, base fee 2NZ), with a price for each
document that matches, a deposit of the responder, and the priced random audit (predicate ``Sample``) in front of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from proofs.encoding import abi_digest, domain, keccak256
from proofs.errors import InvalidInput
from protocols.canonical import decode_canonical
from protocols.job_tag import compute_tag
from protocols.solidity import ZERO_ADDRESS, address
from protocols.terms_fields import FieldTable, TermsFields, abi_type, check_windows, parse_fields

TERMS_FIELDS: FieldTable = (
    ("requester", "address"),
    ("responder", "address"),
    ("model_id", "bytes32"),
    ("weights_commitment", "bytes32"),
    ("nonce", "uint256"),
    ("corpus_root", "bytes32"),
    ("format_digest", "bytes32"),
    ("total", "uint32"),
    ("batch", "uint32"),
    ("predicate", "uint8"),
    ("outputs", "uint32"),
    ("selected", "uint32"),
    ("threshold", "int64"),
    ("scale_bits", "uint8"),
    ("verifier", "address"),
    ("verifier_codehash", "bytes32"),
    ("srs_digest", "bytes32"),
    ("token", "address"),
    ("proving_cost", "uint128"),
    ("base_fee", "uint128"),
    ("price", "uint128"),
    ("cap", "uint32"),
    ("deposit", "uint128"),
    ("fee", "uint128"),
    ("fee_recipient", "address"),
    ("accept_window", "uint64"),
    ("prove_window", "uint64"),
    ("top_up_window", "uint64"),
    ("deliver_window", "uint64"),
    ("receipt_window", "uint64"),
    ("reveal_window", "uint64"),
    ("complain_window", "uint64"),
)
"""Field names and Solidity types, in the order of the contract's struct."""

TERMS_ABI_TYPE = abi_type(TERMS_FIELDS)
WINDOW_FIELDS = tuple(name for name, _ in TERMS_FIELDS if name.endswith("_window"))
MAX_BATCH = 256
MAX_OUTPUTS = 4_096
MAX_SCALE_BITS = 16
MAX_THRESHOLD = 1 << 24
"""The threshold, a raw integer of the circuit's scale, stays below this in magnitude; 0 for other predicates."""
MAX_SAMPLE = 256
"""Most documents one draw selects: each may cost the chain a storage slot."""
MAX_TERMS_BYTES = 4_096
EMPTY_CODEHASHES = (bytes(32), keccak256(b""))
"""``extcodehash`` of an account that does not exist, and of one without code."""


class Predicate(IntEnum):
    """What selects a document, numbered as the terms' field.

    CLASS: the first largest output is the selected one. THRESHOLD: the selected output is at least the threshold.
    SAMPLE: ``cap`` documents drawn by the chain's randomness, without any proof (the priced audit).
    """

    CLASS = 0
    THRESHOLD = 1
    SAMPLE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalTerms(TermsFields):
    """Everything a retrieval job fixes at opening; all of it is public. Addresses are kept in EIP-55 form.

    Args:
        requester, responder: who opens and pays, who accepts, proves and delivers. model_id, weights_commitment: the
            predicate model and its committed weights (32 bytes each). nonce: the requester's, fresh per job.
        corpus_root, format_digest: of the committed corpus. total: N, documents in it. batch: b, documents per proof.
        predicate: a ``Predicate``. outputs: C, numbers the model gives a document. selected: index of the one asked
            for. threshold: raw integer it must reach (THRESHOLD). scale_bits: of the circuit's fixed point.
        verifier, verifier_codehash: adapter contract and its ``extcodehash``. srs_digest: an SRS both parties allow.
        token: ERC-20 contract everything is paid in, the zero address for ether. Amounts are in its units ("wei").
        proving_cost: Z per document. base_fee: due once all is proven, at least 2NZ. price: of one selected document.
        cap: matches the requester has locked the price of. deposit: S, the responder's. fee: eps, paid by each side.
        fee_recipient: who gets the fees, neither party.
        accept_window .. complain_window: seconds each step may take.

    Raises:
        InvalidInput: a field out of range, or fields that contradict each other; the message names them.
    """

    FIELDS: ClassVar[FieldTable] = TERMS_FIELDS

    requester: str
    responder: str
    model_id: bytes
    weights_commitment: bytes
    nonce: int
    corpus_root: bytes
    format_digest: bytes
    total: int
    batch: int
    predicate: int
    outputs: int
    selected: int
    threshold: int
    scale_bits: int
    verifier: str
    verifier_codehash: bytes
    srs_digest: bytes
    token: str
    proving_cost: int
    base_fee: int
    price: int
    cap: int
    deposit: int
    fee: int
    fee_recipient: str
    accept_window: int
    prove_window: int
    top_up_window: int
    deliver_window: int
    receipt_window: int
    reveal_window: int
    complain_window: int

    def __post_init__(self) -> None:
        self.check_fields()
        _check_parties(self)
        _check_sizes(self)
        _check_predicate(self)
        _check_amounts(self)
        check_windows(self, WINDOW_FIELDS)

    @property
    def sampled(self) -> bool:
        """Whether documents are drawn at random instead of selected by proof."""
        return self.predicate == Predicate.SAMPLE

    @property
    def batches(self) -> int:
        """Number of proofs that cover the corpus: total / batch, rounded up (blank documents fill the last one)."""
        return -(-self.total // self.batch)

    @property
    def requester_funds(self) -> int:
        """Wei the requester locks: base fee, the price of ``cap`` documents, and the fee."""
        return self.base_fee + self.cap * self.price + self.fee

    @property
    def responder_funds(self) -> int:
        """Wei the responder locks: deposit and fee."""
        return self.deposit + self.fee

    def check_against_escrow(self, escrow_address: str, min_window: int) -> None:
        """Check the rules that depend on the escrow: its shortest window (seconds), and that the fee can leave it.

        Raises:
            InvalidInput: naming the field.
        """
        if self.fee_recipient == address(escrow_address, "escrow_address"):
            raise InvalidInput(
                "fee_recipient is the escrow itself, which could never withdraw it; name another address"
            )
        check_windows(self, WINDOW_FIELDS, min_window)


def _check_parties(terms: RetrievalTerms) -> None:
    """Distinct parties, a fee that leaves both of them."""
    if ZERO_ADDRESS in (terms.requester, terms.responder, terms.fee_recipient):
        raise InvalidInput("requester, responder and fee_recipient must not be the zero address")
    if terms.requester == terms.responder:
        raise InvalidInput(f"requester and responder are the same address {terms.requester}; a sale needs two parties")
    if terms.fee_recipient in (terms.requester, terms.responder):
        raise InvalidInput("fee_recipient is one of the parties, so the fee would deter nobody; name a third address")


def _check_sizes(terms: RetrievalTerms) -> None:
    """N, b and the cap against each other."""
    if not 1 <= terms.batch <= MAX_BATCH or terms.batch & (terms.batch - 1):
        raise InvalidInput(f"batch is {terms.batch}; it must be a power of two from 1 to {MAX_BATCH}")
    if not 1 <= terms.cap <= terms.total:
        raise InvalidInput(f"cap is {terms.cap}; it must lie between 1 and total = {terms.total}")
    if terms.sampled and terms.cap > MAX_SAMPLE:
        raise InvalidInput(f"cap is {terms.cap}; a sample has at most {MAX_SAMPLE} documents, draw several")
    if terms.sampled and terms.cap != terms.total and 2 * terms.cap > terms.total:
        raise InvalidInput(
            f"a sample of {terms.cap} from {terms.total} is drawn too slowly; ask for half of them at most, or for all"
        )


def _check_predicate(terms: RetrievalTerms) -> None:
    """The predicate's own fields: a proof needs outputs, scale and verifier, a sample needs none of them."""
    if terms.predicate not in tuple(Predicate):
        raise InvalidInput(f"predicate is {terms.predicate}; choose 0 (class), 1 (threshold) or 2 (sample)")
    shape = (terms.outputs, terms.selected, terms.threshold, terms.scale_bits)
    if terms.sampled:
        if any(shape) or terms.verifier != ZERO_ADDRESS or terms.verifier_codehash != bytes(32):
            raise InvalidInput(
                "a sample proves nothing: outputs, selected, threshold, scale_bits, verifier, verifier_codehash are 0"
            )
        return
    if not terms.selected < terms.outputs <= MAX_OUTPUTS:
        raise InvalidInput(f"selected is {terms.selected} of {terms.outputs} outputs (at most {MAX_OUTPUTS})")
    limit = MAX_THRESHOLD if terms.predicate == Predicate.THRESHOLD else 1
    if abs(terms.threshold) >= limit:
        raise InvalidInput(f"threshold is {terms.threshold}; for this predicate its magnitude must stay below {limit}")
    if not 1 <= terms.scale_bits <= MAX_SCALE_BITS:
        raise InvalidInput(f"scale_bits is {terms.scale_bits}; choose 1 to {MAX_SCALE_BITS}")
    if terms.verifier == ZERO_ADDRESS or terms.verifier_codehash in EMPTY_CODEHASHES:
        raise InvalidInput("verifier or verifier_codehash is that of no contract; deploy the verifier adapter first")


def _check_amounts(terms: RetrievalTerms) -> None:
    """Base fee and deposit large enough that proving pays and silence does not."""
    if not terms.sampled and terms.base_fee < 2 * terms.total * terms.proving_cost:
        least = 2 * terms.total * terms.proving_cost
        raise InvalidInput(f"base_fee is {terms.base_fee} wei; it must be at least 2 * total * proving_cost = {least}")
    if terms.deposit < max(terms.base_fee, 1):
        raise InvalidInput(
            f"deposit is {terms.deposit} wei; it must be at least the base fee of {terms.base_fee}, and 1"
        )


def terms_from_fields(content: object, what: str = "terms") -> RetrievalTerms:
    """Parse untrusted JSON fields as ``to_fields`` writes them.

    Raises:
        MessageRejected: missing or extra keys, or values that are not canonical or contradict each other.
    """
    return parse_fields(RetrievalTerms, TERMS_FIELDS, content, what)


def terms_from_json(raw: bytes) -> RetrievalTerms:
    """Parse untrusted canonical JSON bytes.

    Raises:
        MessageRejected: not canonical, too long, wrong keys, or values that contradict each other.
    """
    return terms_from_fields(decode_canonical(raw, "terms", MAX_TERMS_BYTES))


def job_tag(chain_id: int, escrow_address: str, terms: RetrievalTerms) -> bytes:
    """The 32-byte tag that enters the circuit: fixed before the corpus root, so nothing is circular."""
    return compute_tag(chain_id, escrow_address, terms.requester, terms.responder, terms.model_id, terms.nonce)


def job_id(tag: bytes, terms: RetrievalTerms) -> bytes:
    """The 32-byte job id: keccak256(abi.encode(D("assay/retrieval-job/v1"), tag, terms)); it binds every term."""
    return abi_digest(
        ["bytes32", "bytes32", TERMS_ABI_TYPE], [domain("assay/retrieval-job/v1"), tag, terms.as_abi_tuple()]
    )
