"""A corpus for sale: the public file from which a requester rebuilds and checks everything before it locks a wei."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from proofs.canonical import canonical_bytes, expect_int, expect_keys, parse_canonical, to_hex
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.model import ModelCommitment
from proofs.errors import InvalidInput, MalformedProof
from proofs.halo2.task import RETRIEVAL_CLASS, RETRIEVAL_THRESHOLD
from protocols.accuracy.plan import Costs, minimum_fee
from protocols.solidity import ZERO_ADDRESS, address

MAX_LISTING_BYTES = 1 << 22
RETRIEVAL_TASKS = (RETRIEVAL_CLASS, RETRIEVAL_THRESHOLD)
_KEYS = {"chain_id", "escrow", "adapters", "model_commitment", "corpus_commitment", "prices"}
_PRICES = ("proving_cost", "price", "max_deposit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a responder, or a provider of predictions, works for; public.

    Args:
        proving_cost: Z, wei per document or answer proven. price: least for a document sold or an answer given.
        max_deposit: most it locks.
        token: ERC-20 contract all of it is in, the zero address for ether.
    """

    proving_cost: int
    price: int
    max_deposit: int
    token: str = ZERO_ADDRESS

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {**{name: getattr(self, name) for name in _PRICES}, "token": self.token}

    @classmethod
    def from_json(cls, value: object) -> Prices:
        """Parse untrusted JSON. Raises MalformedProof."""
        fields = expect_keys(value, {*_PRICES, "token"}, "prices")
        amounts = {name: expect_int(fields[name], 0, (1 << 128) - 1, f"prices: {name}") for name in _PRICES}
        return cls(token=listed_address(fields["token"], "prices: token"), **amounts)


def usual_fee(total: int, prices: Prices) -> int:
    """NP/99 over ``total`` documents or answers, in the currency of ``prices``; Z, which a listing names, bounds P."""
    assumed = Costs().inference if prices.token == ZERO_ADDRESS else 0
    return minimum_fee(total, max(prices.proving_cost, assumed))


@dataclass(frozen=True, slots=True)
class CorpusListing:
    """Where a corpus is sold, and what may be asked of it. Public.

    Args:
        chain_id, escrow: the chain and the retrieval escrow there.
        adapters: address of the verifier adapter of each retrieval task on offer.
        model: commitment of the predicate model; its owner is the responder. corpus: commitment of the documents.
        prices: the responder's.
    """

    chain_id: int
    escrow: str
    adapters: Mapping[str, str]
    model: ModelCommitment
    corpus: CorpusCommitment
    prices: Prices

    @property
    def responder(self) -> str:
        """The account that sells."""
        return address("0x" + self.model.owner.hex(), "owner")

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical_bytes(
            {
                "chain_id": self.chain_id,
                "escrow": self.escrow,
                "adapters": dict(self.adapters),
                "model_commitment": to_hex(self.model.to_bytes()),
                "corpus_commitment": to_hex(self.corpus.to_bytes()),
                "prices": self.prices.to_json(),
            }
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> CorpusListing:
        """Parse untrusted bytes. Raises MalformedProof."""
        if len(raw) > MAX_LISTING_BYTES:
            raise MalformedProof(f"a listing of {len(raw)} bytes; none is larger than {MAX_LISTING_BYTES}")
        fields = expect_keys(parse_canonical(raw, "listing"), _KEYS, "listing")
        return cls(
            expect_int(fields["chain_id"], 1, 1 << 62, "listing: chain_id"),
            listed_address(fields["escrow"], "listing: escrow"),
            _adapters(fields["adapters"]),
            ModelCommitment.from_bytes(listed_bytes(fields["model_commitment"], "listing: model_commitment")),
            CorpusCommitment.from_bytes(listed_bytes(fields["corpus_commitment"], "listing: corpus_commitment")),
            Prices.from_json(fields["prices"]),
        )


def require_tasks(tasks: Iterable[str]) -> tuple[str, ...]:
    """``tasks`` in their own order, each once. Raises InvalidInput for one that is no retrieval."""
    wanted = set(tasks)
    if wanted - set(RETRIEVAL_TASKS):
        raise InvalidInput(f"{sorted(wanted - set(RETRIEVAL_TASKS))} are no retrieval tasks: {RETRIEVAL_TASKS}")
    return tuple(task for task in RETRIEVAL_TASKS if task in wanted)


def _adapters(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not set(value) <= set(RETRIEVAL_TASKS):
        raise MalformedProof(f"listing: adapters must be an object with keys among {', '.join(RETRIEVAL_TASKS)}")
    return {task: listed_address(value[task], f"listing: adapter {task}") for task in sorted(value)}


def listed_address(value: object, what: str) -> str:
    """An address in EIP-55 form, the only one a listing holds. Raises MalformedProof."""
    try:
        checked = address(value, what)
    except InvalidInput as error:
        raise MalformedProof(str(error)) from None
    if checked != value:
        raise MalformedProof(f"{what} must be written with its EIP-55 checksum")
    return checked


def listed_bytes(value: object, what: str) -> bytes:
    """Bytes in hex. Raises MalformedProof."""
    if not isinstance(value, str):
        raise MalformedProof(f"{what} must be a string")
    try:
        return bytes.fromhex(value.removeprefix("0x"))
    except ValueError:
        raise MalformedProof(f"{what} is not hex") from None
