"""A committed integer network: the root of its weights' matrix, and everything public that gives the root its meaning.

The file is laid out like every model commitment, and the model id is computed like every model's. Where the commitment
was renewed (``lineage.py``), id and first sections are those of the first root, and every renewal follows, in order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from proofs.canonical import canonical_bytes, expect_hex, expect_int, expect_keys, parse_canonical, to_hex
from proofs.commitment.model import MAGIC, MODEL_DOMAIN, VERSION
from proofs.container import Sections, pack, unpack
from proofs.encoding import abi_digest, domain, keccak256
from proofs.errors import MalformedProof
from proofs.networks import format as network_format
from proofs.networks.fidelity import NetworkFidelity
from proofs.networks.network import Network
from proofs.statements.sumcheck import LOG_COLUMNS, MAX_ROWS
from proofs.sumcheck_backend.blocks import parse_block
from proofs.sumcheck_backend.input_format import IntegerFormat
from proofs.sumcheck_backend.lineage import Earlier, Root, pack_renewals, parse_renewals, verify_renewal
from proofs.sumcheck_backend.matrices import model_rows

BACKEND = "sumcheck"
QUANTISATION_DOMAIN = domain("assay/sumcheck-quantisation/v1")
WHAT = "model commitment"
_HEAD = {"backend", "owner", "architecture", "weights", "quantisation", "format"}
_DETAILS = {"network", "rows", "log_columns", "receipt"}


@dataclass(frozen=True)
class NetworkCommitment:
    """The public side of a committed network.

    Args:
        owner: 20-byte address of the seller, zero off chain.
        network: shapes, shifts and tables, without weights.
        weights_commitment: root of the weights' matrix, the last one where it was renewed.
        log_columns: rows of the matrix have 2^log_columns entries.
        format: how inputs become integers.
        receipt: how the integer network compared with the float model on calibration inputs, or None without any;
            reported by who committed, bound by the model id, not proven.
        block: random entries behind every row of the matrix, 0 where nothing is hidden.
        earlier: the matrices it took the place of, the first one first; proven equal to it, all of them.
    """

    owner: bytes
    network: Network = field(repr=False)
    weights_commitment: bytes
    log_columns: int
    format: IntegerFormat
    receipt: NetworkFidelity | None
    block: int = 0
    earlier: tuple[Earlier, ...] = field(default=(), repr=False)

    @property
    def current(self) -> Root:
        """The matrix that proofs open."""
        return Root(self.weights_commitment, self.block)

    @property
    def first(self) -> Root:
        """The matrix the model id is made of."""
        return self.earlier[0].matrix if self.earlier else self.current

    @property
    def roots(self) -> tuple[Root, ...]:
        """All matrices of the same weights, the current one last."""
        return (*(link.matrix for link in self.earlier), self.current)

    @property
    def hiding(self) -> bool:
        """Whether proofs about the model are zero-knowledge; integrity proofs of it show equations in its weights."""
        return self.block > 0

    @cached_property
    def architecture_digest(self) -> bytes:
        """Digest of the network's description."""
        return network_format.digest(self.network)

    @cached_property
    def rows(self) -> int:
        """Rows of the weights' matrix: they follow from the network."""
        return model_rows(self.network, self.log_columns)

    @property
    def receipt_json(self) -> Any:
        """The receipt as a canonical JSON object, or None."""
        return None if self.receipt is None else parse_canonical(self.receipt.to_bytes(), "receipt")

    @property
    def quantisation_digest(self) -> bytes:
        """Digest of the first matrix's shape, with its random blocks, and the receipt."""
        return keccak256(QUANTISATION_DOMAIN + canonical_bytes(self._numbers))

    @property
    def _numbers(self) -> dict[str, object]:
        """The matrix's shape and the receipt. Without blocks there is no word of them, as before there were any."""
        numbers = {"rows": self.rows, "log_columns": self.log_columns, "receipt": self.receipt_json}
        return numbers | ({"block": self.first.block} if self.hiding else {})

    @property
    def model_id(self) -> bytes:
        """The 32-byte model id: no renewal changes it."""
        digests = (self.architecture_digest, self.first.root, self.quantisation_digest, self.format.digest)
        types = ["bytes32", "address", "bytes32", "bytes32", "bytes32", "bytes32"]
        return abi_digest(types, [MODEL_DOMAIN, self.owner, *digests])

    def owned_by(self, owner: bytes) -> NetworkCommitment:
        """The same commitment under another owner, hence another id."""
        return replace(self, owner=owner)

    def renewed(self, new: Root, proof: bytes) -> NetworkCommitment:
        """The same commitment with another matrix, given a proof that it holds the same weights; see ``verified``."""
        earlier = (*self.earlier, Earlier(self.current, proof))
        return replace(self, weights_commitment=new.root, block=new.block, earlier=earlier)

    def verified(self, new: Root, proof: bytes) -> NetworkCommitment:
        """``renewed``, for proofs of strangers. Raises RejectedProof naming check and renewal, or MalformedProof."""
        verify_renewal(len(self.earlier), self.log_columns, self.rows, self.roots, new, proof)
        return self.renewed(new, proof)

    def under(self, root: bytes) -> NetworkCommitment:
        """The commitment as it was under one of its roots; as it is, if it never had that root.

        Proofs made before a renewal name the root of their time, and are about the same weights.
        """
        for index, link in enumerate(self.earlier):
            if link.matrix.root == root:
                return replace(self, weights_commitment=root, block=link.matrix.block, earlier=self.earlier[:index])
        return self

    def to_bytes(self) -> bytes:
        """The file ``model.commit``."""
        head = {
            "backend": BACKEND,
            "owner": to_hex(self.owner),
            "architecture": to_hex(self.architecture_digest),
            "weights": to_hex(self.first.root),
            "quantisation": to_hex(self.quantisation_digest),
            "format": self.format.to_json(),
        }
        details = {
            "network": parse_canonical(network_format.to_bytes(self.network), "network"),
            **self._numbers,
        }
        first = [(b"HEAD", canonical_bytes(head)), (b"CIRC", canonical_bytes(details))]
        return pack(MAGIC, VERSION, first + pack_renewals(self.earlier, self.current))

    @classmethod
    def from_bytes(cls, raw: bytes) -> NetworkCommitment:
        """Parse untrusted bytes; every digest is computed again, every renewal verified.

        Raises:
            MalformedProof: they are no such file. RejectedProof: a renewal's proof does not hold.
        """
        head, details, renewals = _sections(raw)
        if head["backend"] != BACKEND:
            raise MalformedProof(f"{WHAT}: it is for the backend {head['backend']!r:.40}, not for '{BACKEND}'")
        network = network_format.from_bytes(canonical_bytes(details["network"]))
        log_columns = expect_int(details["log_columns"], *LOG_COLUMNS, f"{WHAT}: log_columns")
        found = cls(
            owner=expect_hex(head["owner"], 20, f"{WHAT}: owner"),
            network=network,
            weights_commitment=expect_hex(head["weights"], 32, f"{WHAT}: weights"),
            log_columns=log_columns,
            format=IntegerFormat.from_json(head["format"]),
            receipt=_receipt(details["receipt"]),
            block=parse_block(details, log_columns, WHAT),
        )
        _check(found, head, details)
        for new, proof in parse_renewals(renewals, WHAT):
            found = found.verified(new, proof)
        return found


def is_network_commitment(raw: bytes) -> bool:
    """Whether the bytes of a model commitment are of this backend; false for anything that is none."""
    try:
        return bool(_sections(raw)[0]["backend"] == BACKEND)
    except MalformedProof:
        return False


def _sections(raw: bytes) -> tuple[dict[str, Any], dict[str, Any], Sections]:
    """Head and details, and the sections behind them."""
    sections = unpack(raw, MAGIC, VERSION, WHAT)
    if [name for name, _ in sections[:2]] != [b"HEAD", b"CIRC"]:
        raise MalformedProof(f"{WHAT} must have the sections HEAD and CIRC, in this order, before any other")
    head = expect_keys(parse_canonical(sections[0][1], WHAT), _HEAD, WHAT)
    if head["backend"] != BACKEND:
        return head, {}, []
    details = parse_canonical(sections[1][1], f"{WHAT}: network")
    keys = _DETAILS | {"block"} if isinstance(details, dict) and "block" in details else _DETAILS
    return head, expect_keys(details, keys, f"{WHAT}: network"), sections[2:]


def _receipt(value: object) -> NetworkFidelity | None:
    return None if value is None else NetworkFidelity.from_bytes(canonical_bytes(value))


def _check(found: NetworkCommitment, head: dict[str, Any], details: dict[str, Any]) -> None:
    if not found.format.fits(found.network):
        raise MalformedProof(f"{WHAT}: its input format is not its network's")
    if expect_int(details["rows"], 1, MAX_ROWS, f"{WHAT}: rows") != found.rows:
        raise MalformedProof(f"{WHAT}: the network's weights fill {found.rows} rows, not {details['rows']}")
    for name, digest in (("architecture", found.architecture_digest), ("quantisation", found.quantisation_digest)):
        if expect_hex(head[name], 32, f"{WHAT}: {name}") != digest:
            raise MalformedProof(f"{WHAT}: {name} is not the digest of what the file holds")
