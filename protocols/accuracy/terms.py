"""The terms of an accuracy job: what buyer and seller sign, what the escrow stores, and the ids derived from them.

Source: protocol A of arXiv 2210.08674, section 5.2, with its costs in wei: E (one labelled example), Z (proving one
example) and P (one plain inference) as ``example_cost``, ``proving_cost`` and ``inference_cost``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from proofs.encoding import abi_digest, domain, keccak256
from proofs.errors import InvalidInput
from protocols.canonical import decode_canonical, encode_canonical
from protocols.errors import MessageRejected
from protocols.solidity import ZERO_ADDRESS, SolidityValue, address, checked, from_json, to_json, uint

TERMS_FIELDS: tuple[tuple[str, str], ...] = (
    ("buyer", "address"),
    ("seller", "address"),
    ("model_id", "bytes32"),
    ("nonce", "uint256"),
    ("data_root", "bytes32"),
    ("format_digest", "bytes32"),
    ("total", "uint32"),
    ("batch", "uint32"),
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
    ("prove_window", "uint64"),
)
"""Field names and Solidity types, in the order of the contract's struct."""

TERMS_ABI_TYPE = "(" + ",".join(solidity_type for _, solidity_type in TERMS_FIELDS) + ")"
WINDOW_FIELDS = ("accept_window", "hand_over_window", "decide_window", "prove_window")
MAX_BATCH = 256
MAX_WINDOW_S = 365 * 86_400
"""Longest window the escrow takes, seconds: no deposit is locked for good in effect, and no deadline overflows."""
MAX_TERMS_BYTES = 4_096
EMPTY_CODEHASHES = (bytes(32), keccak256(b""))
"""``extcodehash`` of an account that does not exist, and of one without code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyTerms:
    """Everything an accuracy job fixes at opening; all of it is public. Addresses are kept in EIP-55 form.

    Args:
        buyer, seller: who opens and who accepts; payment goes to ``seller`` whoever calls.
        model_id: the registered model (32 bytes; it binds its owner). nonce: the buyer's, fresh per job.
        data_root: root of the committed test set. format_digest: digest of its input format.
        total: N, number of examples. batch: b, examples per proof. target: A, right answers that complete the job.
        verifier, verifier_codehash: adapter contract and its ``extcodehash``. srs_digest: an SRS both parties allow.
        example_cost, proving_cost, inference_cost: E > Z > P >= 1, wei per example.
        fee, fee_recipient: eps in wei, paid by each side, and who gets it. min_stake: wei staked on the model.
        max_aborts: most earlier aborts the model may have on record.
        accept_window, hand_over_window, decide_window, prove_window: seconds each step may take.

    Raises:
        InvalidInput: a field out of range, or fields that contradict each other; the message names them.
    """

    buyer: str
    seller: str
    model_id: bytes
    nonce: int
    data_root: bytes
    format_digest: bytes
    total: int
    batch: int
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
    prove_window: int

    def __post_init__(self) -> None:
        for name, solidity_type in TERMS_FIELDS:
            object.__setattr__(self, name, checked(getattr(self, name), solidity_type, name))
        _check_sizes(self)
        _check_costs(self)
        _check_parties(self)
        for name in WINDOW_FIELDS:
            if not 1 <= getattr(self, name) <= MAX_WINDOW_S:
                raise InvalidInput(f"{name} is {getattr(self, name)} s; choose 1 to {MAX_WINDOW_S} s")

    @property
    def deposit(self) -> int:
        """Wei each party locks: 2*N*E + eps."""
        return 2 * self.total * self.example_cost + self.fee

    @property
    def payment(self) -> int:
        """Wei the buyer pays the seller when the target is met: 2*N*Z."""
        return 2 * self.total * self.proving_cost

    @property
    def abort_fee(self) -> int:
        """Wei the buyer loses to a seller who looks at the test set and aborts: N*P."""
        return self.total * self.inference_cost

    @property
    def penalty(self) -> int:
        """Wei the seller loses to the buyer when the target is missed: 2*N*E."""
        return 2 * self.total * self.example_cost

    @property
    def batches(self) -> int:
        """Number of batches, N / b."""
        return self.total // self.batch

    def check_against_escrow(self, escrow_address: str, min_window: int) -> None:
        """Check the rules that depend on the escrow: its shortest window (seconds), and that the fee can leave it.

        Raises:
            InvalidInput: naming the field.
        """
        if self.fee_recipient == address(escrow_address, "escrow_address"):
            raise InvalidInput(
                "fee_recipient is the escrow itself, which could never withdraw it; name another address"
            )
        for name in WINDOW_FIELDS:
            if getattr(self, name) < min_window:
                raise InvalidInput(f"{name} is {getattr(self, name)} s, this escrow asks for at least {min_window} s")

    def as_abi_tuple(self) -> tuple[SolidityValue, ...]:
        """The field values in struct order, for ``TERMS_ABI_TYPE`` and contract calls."""
        return tuple(getattr(self, name) for name, _ in TERMS_FIELDS)

    def to_fields(self) -> dict[str, str]:
        """JSON-ready strings by field name."""
        return {name: to_json(getattr(self, name), solidity_type) for name, solidity_type in TERMS_FIELDS}

    def to_json(self) -> bytes:
        """Canonical JSON bytes."""
        return encode_canonical({**self.to_fields()})


def _check_sizes(terms: AccuracyTerms) -> None:
    """N, b and A against each other."""
    if not 1 <= terms.batch <= MAX_BATCH or terms.batch & (terms.batch - 1):
        raise InvalidInput(f"batch is {terms.batch}; it must be a power of two from 1 to {MAX_BATCH}")
    if terms.total == 0 or terms.total % terms.batch:
        near = max(1, round(terms.total / terms.batch)) * terms.batch
        raise InvalidInput(f"total is {terms.total}, not a positive multiple of batch {terms.batch}; try {near}")
    if not 1 <= terms.target <= terms.total:
        raise InvalidInput(f"target is {terms.target}; it must lie between 1 and total = {terms.total}")


def _check_costs(terms: AccuracyTerms) -> None:
    """E > Z > P >= 1, without which some deviation pays."""
    if not terms.example_cost > terms.proving_cost > terms.inference_cost >= 1:
        raise InvalidInput(
            "costs per example must satisfy example_cost > proving_cost > inference_cost >= 1 wei, got "
            f"{terms.example_cost}, {terms.proving_cost}, {terms.inference_cost}"
        )


def _check_parties(terms: AccuracyTerms) -> None:
    """Distinct parties, a fee that leaves both of them, a verifier that is code."""
    if ZERO_ADDRESS in (terms.buyer, terms.seller, terms.verifier, terms.fee_recipient):
        raise InvalidInput("buyer, seller, verifier and fee_recipient must not be the zero address")
    if terms.buyer == terms.seller:
        raise InvalidInput(f"buyer and seller are the same address {terms.buyer}; an audit needs two parties")
    if terms.fee_recipient in (terms.buyer, terms.seller):
        raise InvalidInput("fee_recipient is one of the parties, so the fee would deter nobody; name a third address")
    if terms.verifier_codehash in EMPTY_CODEHASHES:
        raise InvalidInput("verifier_codehash is that of an account without code; deploy the verifier adapter first")


def terms_from_fields(content: object, what: str = "terms") -> AccuracyTerms:
    """Parse untrusted JSON fields as ``AccuracyTerms.to_fields`` writes them: exactly these keys, canonical values.

    Raises:
        MessageRejected: missing or extra keys, or values that are not canonical or contradict each other.
    """
    expected = {field.name for field in fields(AccuracyTerms)}
    if not isinstance(content, dict) or set(content) != expected:
        found = set(content) if isinstance(content, dict) else set()
        raise MessageRejected("keys", f"{what}: missing {sorted(expected - found)}, unknown {sorted(found - expected)}")
    values = {name: from_json(content[name], kind, f"{what}.{name}") for name, kind in TERMS_FIELDS}
    try:
        return AccuracyTerms(**values)  # type: ignore[arg-type]  # each value was checked against its field's type
    except InvalidInput as error:
        raise MessageRejected("terms", f"{what}: {error}") from error


def terms_from_json(raw: bytes) -> AccuracyTerms:
    """Parse untrusted canonical JSON bytes.

    Raises:
        MessageRejected: not canonical, too long, wrong keys, or values that contradict each other.
    """
    return terms_from_fields(decode_canonical(raw, "terms", MAX_TERMS_BYTES))


def job_tag(chain_id: int, escrow_address: str, terms: AccuracyTerms) -> bytes:
    """The 32-byte tag that enters the circuit: fixed before the data root, so nothing is circular.

    Statement: keccak256(abi.encode(D("assay/job-tag/v1"), chainid, escrow, buyer, seller, modelId, nonce)).
    """
    return abi_digest(
        ["bytes32", "uint256", "address", "address", "address", "bytes32", "uint256"],
        [
            domain("assay/job-tag/v1"),
            uint(chain_id, "chain_id", 256),
            address(escrow_address, "escrow_address"),
            terms.buyer,
            terms.seller,
            terms.model_id,
            terms.nonce,
        ],
    )


def job_id(tag: bytes, terms: AccuracyTerms) -> bytes:
    """The 32-byte job id: keccak256(abi.encode(D("assay/accuracy-job/v1"), tag, terms)); it binds every term."""
    return abi_digest(
        ["bytes32", "bytes32", TERMS_ABI_TYPE], [domain("assay/accuracy-job/v1"), tag, terms.as_abi_tuple()]
    )
