"""The terms of a prediction job: what client and provider sign, what the escrow stores, and the ids derived from them.

Source: protocol B of arXiv 2210.08674, section 5.3, with K = ``round``, K1 = ``contests``, Z = ``proving_cost``. The
price per answer, the fee and the clocks are this project's.
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
    ("client", "address"),
    ("provider", "address"),
    ("model_id", "bytes32"),
    ("weights_commitment", "bytes32"),
    ("nonce", "uint256"),
    ("format_digest", "bytes32"),
    ("round", "uint32"),
    ("contests", "uint32"),
    ("outputs", "uint32"),
    ("verifier", "address"),
    ("verifier_codehash", "bytes32"),
    ("srs_digest", "bytes32"),
    ("token", "address"),
    ("proving_cost", "uint128"),
    ("answer_price", "uint128"),
    ("beta", "uint32"),
    ("fee", "uint128"),
    ("fee_recipient", "address"),
    ("accept_window", "uint64"),
    ("round_window", "uint64"),
    ("prove_window", "uint64"),
)
"""Field names and Solidity types, in the order of the contract's struct."""

TERMS_ABI_TYPE = abi_type(TERMS_FIELDS)
WINDOW_FIELDS = ("accept_window", "round_window", "prove_window")
MAX_ROUND = 65_535
MAX_OUTPUTS = 4_096
MIN_BETA = 2
"""Least multiple of K*Z the provider deposits. Source: section 5.3."""
MAX_TERMS_BYTES = 4_096
EMPTY_CODEHASHES = (bytes(32), keccak256(b""))
"""``extcodehash`` of an account that does not exist, and of one without code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionTerms(TermsFields):
    """Everything a prediction job fixes at opening; all of it is public. Addresses are kept in EIP-55 form.

    Args:
        client, provider: who opens and asks, who accepts and answers; payment goes to ``provider`` whoever calls.
        model_id: the model (32 bytes; it binds its owner). weights_commitment: the words every proof must show.
        nonce: the client's, fresh per job. format_digest: digest of the format of the inputs.
        round: K, inputs of the round. contests: K1, most answers the client may contest. outputs: numbers per answer.
        verifier, verifier_codehash: adapter contract and its ``extcodehash``. srs_digest: an SRS both parties allow.
        token: ERC-20 contract all amounts are in, the zero address for ether (then units are wei).
        proving_cost, answer_price: Z and the price of one receipted answer, units of the token.
        beta: the provider deposits beta*K*Z. fee, fee_recipient: eps, paid by each side, and who gets it.
        accept_window, round_window, prove_window: seconds to accept, to ask and contest, and then to prove.

    Raises:
        InvalidInput: a field out of range, or fields that contradict each other; the message names them.
    """

    FIELDS: ClassVar[FieldTable] = TERMS_FIELDS

    client: str
    provider: str
    model_id: bytes
    weights_commitment: bytes
    nonce: int
    format_digest: bytes
    round: int
    contests: int
    outputs: int
    verifier: str
    verifier_codehash: bytes
    srs_digest: bytes
    token: str
    proving_cost: int
    answer_price: int
    beta: int
    fee: int
    fee_recipient: str
    accept_window: int
    round_window: int
    prove_window: int

    def __post_init__(self) -> None:
        self.check_fields()
        _check_sizes(self)
        _check_parties(self)
        check_windows(self, WINDOW_FIELDS)

    @property
    def client_funds(self) -> int:
        """What the client locks: 2*K*Z + K*price + eps."""
        return 2 * self.round * self.proving_cost + self.round * self.answer_price + self.fee

    @property
    def provider_funds(self) -> int:
        """What the provider locks: beta*K*Z + eps."""
        return self.penalty + self.fee

    @property
    def penalty(self) -> int:
        """What the provider loses to the client with a contested answer left unproven: beta*K*Z."""
        return self.beta * self.round * self.proving_cost

    @property
    def contest_cost(self) -> int:
        """What the client pays the provider for each contested answer that is proven: 2*Z."""
        return 2 * self.proving_cost

    @property
    def in_ether(self) -> bool:
        """Whether amounts are wei (no token)."""
        return self.token == ZERO_ADDRESS

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


def _check_sizes(terms: PredictionTerms) -> None:
    """K, K1, the outputs, Z and beta within their ranges."""
    ranges = (("round", 1, MAX_ROUND), ("contests", 1, terms.round), ("outputs", 1, MAX_OUTPUTS))
    for name, least, most in ranges:
        if not least <= getattr(terms, name) <= most:
            raise InvalidInput(f"{name} is {getattr(terms, name)}; it must lie between {least} and {most}")
    if terms.beta < MIN_BETA:
        raise InvalidInput(f"beta is {terms.beta}; the provider deposits at least {MIN_BETA} times K*Z")
    if terms.proving_cost < 1:
        raise InvalidInput("proving_cost is 0; without it a contest costs nothing and a wrong answer loses nothing")


def _check_parties(terms: PredictionTerms) -> None:
    """Distinct parties, a fee that leaves both of them, a verifier that is code."""
    if ZERO_ADDRESS in (terms.client, terms.provider, terms.verifier, terms.fee_recipient):
        raise InvalidInput("client, provider, verifier and fee_recipient must not be the zero address")
    if terms.client == terms.provider:
        raise InvalidInput(f"client and provider are the same address {terms.client}; a round needs two parties")
    if terms.fee_recipient in (terms.client, terms.provider):
        raise InvalidInput("fee_recipient is one of the parties, so the fee would deter nobody; name a third address")
    if terms.verifier_codehash in EMPTY_CODEHASHES:
        raise InvalidInput("verifier_codehash is that of an account without code; deploy the verifier adapter first")


def terms_from_fields(content: object, what: str = "terms") -> PredictionTerms:
    """Parse untrusted JSON fields as ``to_fields`` writes them.

    Raises:
        MessageRejected: missing or extra keys, or values that are not canonical or contradict each other.
    """
    return parse_fields(PredictionTerms, TERMS_FIELDS, content, what)


def terms_from_json(raw: bytes) -> PredictionTerms:
    """Parse untrusted canonical JSON bytes.

    Raises:
        MessageRejected: not canonical, too long, wrong keys, or values that contradict each other.
    """
    return terms_from_fields(decode_canonical(raw, "terms", MAX_TERMS_BYTES))


def job_tag(chain_id: int, escrow_address: str, terms: PredictionTerms) -> bytes:
    """The 32-byte tag that enters the circuit of every proof of this job."""
    return compute_tag(chain_id, escrow_address, terms.client, terms.provider, terms.model_id, terms.nonce)


def job_id(tag: bytes, terms: PredictionTerms) -> bytes:
    """The 32-byte job id: keccak256(abi.encode(D("assay/prediction-job/v1"), tag, terms)); it binds every term."""
    return abi_digest(
        ["bytes32", "bytes32", TERMS_ABI_TYPE], [domain("assay/prediction-job/v1"), tag, terms.as_abi_tuple()]
    )
