"""Everything public that determines an accuracy circuit: two parties with equal descriptions build equal circuits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.metadata import version
from typing import Protocol

from proofs.canonical import canonical_bytes, expect_hex, expect_int, expect_keys, to_hex
from proofs.commitment.input_format import InputFormat
from proofs.encoding import domain, keccak256
from proofs.errors import InvalidInput, MalformedProof
from proofs.halo2.architecture import Architecture, Weights
from proofs.halo2.circuits.accuracy import accuracy_circuit
from proofs.halo2.graph_rules import check_graph
from proofs.halo2.mask import BLIND_BITS, BLIND_LIMBS, Mask, units_for
from proofs.halo2.tag import TAG_LIMBS

CIRCUIT_DOMAIN = domain("assay/halo2-accuracy-circuit/v1")
QUANTISATION_DOMAIN = domain("assay/quantisation/v1")
BINDINGS = ("polycommit", "hashed", "fixed")
BINDING_CODES = {"fixed": 0, "polycommit": 1, "hashed": 2}
PARAM_VISIBILITY = {"fixed": "fixed", "polycommit": "polycommit", "hashed": "hashed/public"}
# Bases of the range decompositions: ten or fourteen bits a limb.
BASES = (1024, 16384)
MAX_LEGS = 12
# Products are never scaled down, so the scale grows by scale_bits with each; ezkl computes in 128-bit integers.
MAGNITUDE_BITS = 8
MAX_VALUE_BITS = 120
PRODUCTS = frozenset({"MatMul", "Gemm", "Conv", "Mul"})
MAX_BUDGET = 100_000
# halo2 keeps the last rows of every column for blinding; ezkl leaves six of them out of a committed column.
UNCOMMITTED_ROWS = 6


@dataclass(frozen=True, slots=True)
class RunParameters:
    """Fixed-point and layout parameters. Public.

    Args:
        base, legs: range decomposition: intermediate values stay below ``base ** legs`` in magnitude.
        logrows: the circuit has ``2 ** logrows`` rows.
        lookup_range: inclusive range of table look-ups (0, 0 where the model has none).
    """

    base: int
    legs: int
    logrows: int
    lookup_range: tuple[int, int]

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {
            "base": self.base,
            "legs": self.legs,
            "logrows": self.logrows,
            "lookup_range": list(self.lookup_range),
        }

    @classmethod
    def from_json(cls, value: object) -> RunParameters:
        """Parse untrusted JSON. Raises MalformedProof."""
        fields = expect_keys(value, {"base", "legs", "logrows", "lookup_range"}, "run parameters")
        low, high = _pair(fields["lookup_range"])
        parameters = cls(
            expect_int(fields["base"], 2, 1 << 20, "run parameters: base"),
            expect_int(fields["legs"], 2, MAX_LEGS, "run parameters: legs"),
            expect_int(fields["logrows"], 4, 26, "run parameters: logrows"),
            (expect_int(low, -(1 << 40), 0, "lookup_range"), expect_int(high, 0, 1 << 40, "lookup_range")),
        )
        if parameters.base not in BASES:
            raise MalformedProof(f"run parameters: decomposition base {parameters.base} is not one of {BASES}")
        return parameters


@dataclass(frozen=True, slots=True)
class CircuitDescription:
    """The public description of an accuracy circuit.

    Args:
        architecture: the model without its weights.
        format: how an example becomes integers.
        binding: how weights are bound: ``polycommit``, ``hashed`` or ``fixed``.
        budget: proofs one commitment may make (0 where proofs give nothing away).
        parameters: fixed-point and layout.
        srs_digest: sha-256 of the structured reference string.
        ezkl_version: release that compiles the circuit; another release is another circuit.
    """

    architecture: Architecture
    format: InputFormat
    binding: str
    budget: int
    parameters: RunParameters
    srs_digest: bytes
    ezkl_version: str

    def __post_init__(self) -> None:
        if self.binding not in BINDINGS:
            raise InvalidInput(
                f"binding '{self.binding}' is not one of {', '.join(BINDINGS)} ('private' binds nothing: "
                "proofs made with other weights verify under it)"
            )
        if self.binding == "polycommit" and not 1 <= self.budget <= MAX_BUDGET:
            raise InvalidInput(f"a polycommit commitment needs a budget of 1 to {MAX_BUDGET} proofs")

    @property
    def scale_bits(self) -> int:
        """Fixed-point scale of inputs and parameters."""
        return self.format.scale_bits

    @property
    def batch(self) -> int:
        """Examples per proof."""
        return self.format.batch

    @property
    def labelled(self) -> InputFormat:
        """The model's own input format, for checks of the graph."""
        return self.format

    @property
    def mask_units(self) -> int:
        """Mask units the circuit carries, from binding and budget."""
        return units_for(self.binding, self.budget)

    @property
    def committed_values(self) -> int:
        """Parameters under the commitment: the model's, 16 inner and one outer weight a mask unit, one a blind."""
        return self.architecture.parameters + self.mask_units * (TAG_LIMBS + 1) + BLIND_LIMBS

    @property
    def points(self) -> int:
        """Commitment points at the head of each proof (0 unless ``polycommit``)."""
        if self.binding != "polycommit":
            return 0
        return math.ceil(self.committed_values / ((1 << self.parameters.logrows) - UNCOMMITTED_ROWS))

    @property
    def digest(self) -> bytes:
        """architectureDigest in the registry: keccak over the canonical description."""
        return keccak256(CIRCUIT_DOMAIN + canonical_bytes(self.to_json()))

    @property
    def quantisation_digest(self) -> bytes:
        """Digest of scale and decomposition: what turns the float model into the integer one that is proven."""
        fields = {"scale_bits": self.format.scale_bits, **self.parameters.to_json()}
        return keccak256(QUANTISATION_DOMAIN + canonical_bytes(fields))

    def onnx(self, weights: Weights, mask: Mask | None) -> bytes:
        """The circuit's graph around ``weights``. Secret when they are."""
        return accuracy_circuit(self.architecture, weights, self.format, mask)

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {
            "architecture": self.architecture.to_json(),
            "format": self.format.to_json(),
            "binding": self.binding,
            "budget": self.budget,
            "parameters": self.parameters.to_json(),
            "srs": to_hex(self.srs_digest),
            "ezkl": self.ezkl_version,
        }

    @classmethod
    def from_json(cls, value: object) -> CircuitDescription:
        """Parse untrusted JSON. Raises MalformedProof."""
        keys = {"architecture", "format", "binding", "budget", "parameters", "srs", "ezkl"}
        fields = expect_keys(value, keys, "circuit description")
        if not isinstance(fields["binding"], str) or not isinstance(fields["ezkl"], str):
            raise MalformedProof("circuit description: binding and ezkl must be strings")
        try:
            architecture = Architecture.from_json(fields["architecture"])
            check_graph(architecture)
            return cls(
                architecture,
                InputFormat.from_json(fields["format"]),
                fields["binding"],
                expect_int(fields["budget"], 0, MAX_BUDGET, "circuit description: budget"),
                RunParameters.from_json(fields["parameters"]),
                expect_hex(fields["srs"], 32, "circuit description: srs"),
                fields["ezkl"],
            )
        except InvalidInput as error:
            raise MalformedProof(f"circuit description: {error}") from None


class Circuit(Protocol):
    """What building, proving and verifying need of a circuit's description, whatever its task."""

    @property
    def architecture(self) -> Architecture: ...
    @property
    def labelled(self) -> InputFormat: ...
    @property
    def scale_bits(self) -> int: ...
    @property
    def batch(self) -> int: ...
    @property
    def binding(self) -> str: ...
    @property
    def parameters(self) -> RunParameters: ...
    @property
    def srs_digest(self) -> bytes: ...
    @property
    def ezkl_version(self) -> str: ...
    @property
    def mask_units(self) -> int: ...
    @property
    def committed_values(self) -> int: ...
    @property
    def points(self) -> int: ...
    @property
    def digest(self) -> bytes: ...
    def onnx(self, weights: Weights, mask: Mask | None) -> bytes: ...


def decompositions(architecture: Architecture, scale_bits: int, value_bits: int | None = None) -> list[tuple[int, int]]:
    """(base, limbs) that hold every intermediate value of magnitude below 2^8, one for each base.

    The logits' scale is at most scale_bits times one more than the products on the way; the label's product adds one.
    Inputs and blinds, below 2^24 in magnitude whatever the scale, must fit as well. Who knows how large the circuit's
    integers get says so by ``value_bits`` instead.
    Raises InvalidInput where that is more than the circuit compiler's integers hold.
    """
    products = sum(node.op in PRODUCTS for node in architecture.nodes)
    inner_bits = (products + 2) * scale_bits + MAGNITUDE_BITS if value_bits is None else value_bits
    bits = max(inner_bits, BLIND_BITS + 1)
    if bits > MAX_VALUE_BITS:
        raise InvalidInput(
            f"{products} layers at {scale_bits} scale bits need {bits}-bit values, the compiler has {MAX_VALUE_BITS}: "
            "lower --scale-bits or prove a shallower model"
        )
    return [(base, max(2, -(-bits // (base.bit_length() - 1)))) for base in BASES]


def installed_ezkl() -> str:
    """The version of ezkl this process would prove and verify with."""
    return version("ezkl")


def _pair(value: object) -> tuple[object, object]:
    if not isinstance(value, list) or len(value) != 2:
        raise MalformedProof("run parameters: lookup_range must be a pair of integers")
    return value[0], value[1]
