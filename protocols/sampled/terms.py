"""The terms of a sampled accuracy job (protocol A'): what both sign, what the escrow stores, the ids derived from it.

Source: arXiv 2210.08674, appendix B, N = N1 + N2: the seller sees N1 examples before it decides, and proves on the
other N2. Costs in wei per example: E (one labelled example), Z (proving it), P (one plain inference).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proofs.encoding import abi_digest, domain, keccak256
from proofs.errors import InvalidInput
from protocols.canonical import decode_canonical
from protocols.job_tag import compute_tag
from protocols.solidity import ZERO_ADDRESS, address
from protocols.terms_fields import FieldTable, TermsFields, abi_type, check_windows, parse_fields

TERMS_FIELDS: FieldTable = (
    ("buyer", "address"),
    ("seller", "address"),
    ("model_id", "bytes32"),
    ("nonce", "uint256"),
    ("data_root", "bytes32"),
    ("format_digest", "bytes32"),
    ("total", "uint32"),
    ("batch", "uint32"),
    ("sample", "uint32"),
    ("target", "uint32"),
    ("verifier", "address"),
    ("verifier_codehash", "bytes32"),
    ("srs_digest", "bytes32"),
    ("example_cost", "uint128"),
    ("proving_cost", "uint128"),
    ("inference_cost", "uint128"),
    ("fee", "uint128"),
    ("fee_recipient", "address"),
    ("min_stake", "uint128"),
    ("max_aborts", "uint32"),
    ("accept_window", "uint64"),
    ("hand_over_window", "uint64"),
    ("decide_window", "uint64"),
    ("key_window", "uint64"),
    ("complain_window", "uint64"),
    ("prove_window", "uint64"),
)
"""Field names and Solidity types, in the order of the contract's struct."""

TERMS_ABI_TYPE = abi_type(TERMS_FIELDS)
WINDOW_FIELDS = tuple(name for name, _ in TERMS_FIELDS if name.endswith("_window"))
MAX_BATCH = 256
MAX_SAMPLE = 256
"""Most examples drawn beforehand: each may cost the chain a storage slot."""
MAX_TERMS_BYTES = 4_096
EMPTY_CODEHASHES = (bytes(32), keccak256(b""))
"""``extcodehash`` of an account that does not exist, and of one without code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledTerms(TermsFields):
    """Everything a sampled accuracy job fixes at opening; all of it is public. Addresses are kept in EIP-55 form.

    Args:
        buyer, seller: who opens and who accepts; payment goes to ``seller`` whoever calls.
        model_id: the registered model (32 bytes; it binds its owner). nonce: the buyer's, fresh per job.
        data_root: root of the committed test set, whose leaves bind each example's view steps. format_digest: of its
            input format.
        total: N, number of examples. batch: b, examples per proof. sample: N1, drawn by the seller's seed and seen
            before it decides; a multiple of b, at most half of N. target: A, right answers among the other N2.
        verifier, verifier_codehash: adapter contract and its ``extcodehash``. srs_digest: an SRS both parties allow.
        example_cost, proving_cost, inference_cost: E > Z > P >= 1, wei per example.
        fee, fee_recipient: eps in wei, paid by each side, and who gets it. min_stake: wei staked on the model.
        max_aborts: most earlier aborts the model may have on record.
        accept_window .. prove_window: seconds each step may take; ``key_window`` is the buyer's for the key,
            ``complain_window`` the seller's after it is on chain.

    Raises:
        InvalidInput: a field out of range, or fields that contradict each other; the message names them.
    """

    FIELDS: ClassVar[FieldTable] = TERMS_FIELDS

    buyer: str
    seller: str
    model_id: bytes
    nonce: int
    data_root: bytes
    format_digest: bytes
    total: int
    batch: int
    sample: int
    target: int
    verifier: str
    verifier_codehash: bytes
    srs_digest: bytes
    example_cost: int
    proving_cost: int
    inference_cost: int
    fee: int
    fee_recipient: str
    min_stake: int
    max_aborts: int
    accept_window: int
    hand_over_window: int
    decide_window: int
    key_window: int
    complain_window: int
    prove_window: int

    def __post_init__(self) -> None:
        self.check_fields()
        _check_parties(self)
        _check_sizes(self)
        _check_costs(self)
        check_windows(self, WINDOW_FIELDS)

    @property
    def rest(self) -> int:
        """N2 = N - N1: the examples the proofs are about."""
        return self.total - self.sample

    @property
    def batches(self) -> int:
        """Most proofs a job can take: N2 / b."""
        return self.rest // self.batch

    @property
    def bond(self) -> int:
        """Wei at play from each party: 2*N*E."""
        return 2 * self.total * self.example_cost

    @property
    def deposit(self) -> int:
        """Wei each party locks: 2*N*E + eps."""
        return self.bond + self.fee

    @property
    def payment(self) -> int:
        """Wei the buyer pays when the target is met: 2*(N1*P + N2*Z)."""
        return 2 * (self.sample * self.inference_cost + self.rest * self.proving_cost)

    @property
    def abort_fee(self) -> int:
        """Wei the buyer loses to a seller who leaves after the sample: N1*P."""
        return self.sample * self.inference_cost

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


def _check_parties(terms: SampledTerms) -> None:
    """Distinct parties, a fee that leaves both of them, a verifier that is code."""
    if ZERO_ADDRESS in (terms.buyer, terms.seller, terms.verifier, terms.fee_recipient):
        raise InvalidInput("buyer, seller, verifier and fee_recipient must not be the zero address")
    if terms.buyer == terms.seller:
        raise InvalidInput(f"buyer and seller are the same address {terms.buyer}; an audit needs two parties")
    if terms.fee_recipient in (terms.buyer, terms.seller):
        raise InvalidInput("fee_recipient is one of the parties, so the fee would deter nobody; name a third address")
    if terms.verifier_codehash in EMPTY_CODEHASHES:
        raise InvalidInput("verifier_codehash is that of an account without code; deploy the verifier adapter first")


def _check_sizes(terms: SampledTerms) -> None:
    """N, b, N1 and A against each other."""
    batch, total, sample = terms.batch, terms.total, terms.sample
    if not 1 <= batch <= MAX_BATCH or batch & (batch - 1):
        raise InvalidInput(f"batch is {batch}; it must be a power of two from 1 to {MAX_BATCH}")
    if total == 0 or total % batch:
        near = max(1, round(total / batch)) * batch
        raise InvalidInput(f"total is {total}, not a positive multiple of batch {batch}; try {near}")
    if not 1 <= sample <= MAX_SAMPLE or sample % batch or 2 * sample > total:
        most = min(MAX_SAMPLE, total // 2) // batch * batch
        raise InvalidInput(
            f"sample is {sample}; it must be a multiple of batch {batch} from {batch} to {most} "
            f"(at most {MAX_SAMPLE}, and half of total)"
        )
    if not 1 <= terms.target <= terms.rest:
        raise InvalidInput(f"target is {terms.target}; it must lie between 1 and total - sample = {terms.rest}")


def _check_costs(terms: SampledTerms) -> None:
    """E > Z > P >= 1, without which some deviation pays."""
    if not terms.example_cost > terms.proving_cost > terms.inference_cost >= 1:
        raise InvalidInput(
            "costs per example must satisfy example_cost > proving_cost > inference_cost >= 1 wei, got "
            f"{terms.example_cost}, {terms.proving_cost}, {terms.inference_cost}"
        )


def terms_from_fields(content: object, what: str = "terms") -> SampledTerms:
    """Parse untrusted JSON fields as ``to_fields`` writes them.

    Raises:
        MessageRejected: missing or extra keys, or values that are not canonical or contradict each other.
    """
    return parse_fields(SampledTerms, TERMS_FIELDS, content, what)


def terms_from_json(raw: bytes) -> SampledTerms:
    """Parse untrusted canonical JSON bytes.

    Raises:
        MessageRejected: not canonical, too long, wrong keys, or values that contradict each other.
    """
    return terms_from_fields(decode_canonical(raw, "terms", MAX_TERMS_BYTES))


def job_tag(chain_id: int, escrow_address: str, terms: SampledTerms) -> bytes:
    """The 32-byte tag that enters the circuit: fixed before the data root, so nothing is circular."""
    return compute_tag(chain_id, escrow_address, terms.buyer, terms.seller, terms.model_id, terms.nonce)


def job_id(tag: bytes, terms: SampledTerms) -> bytes:
    """The 32-byte job id: keccak256(abi.encode(D("assay/sampled-job/v1"), tag, terms)); it binds every term."""
    return abi_digest(
        ["bytes32", "bytes32", TERMS_ABI_TYPE], [domain("assay/sampled-job/v1"), tag, terms.as_abi_tuple()]
    )
