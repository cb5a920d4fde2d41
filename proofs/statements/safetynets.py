"""What a SafetyNets proof states: the exact integer outputs of a network the verifier holds on inputs it holds."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any, ClassVar

from proofs.canonical import canonical_bytes, expect_hex, expect_int, expect_keys, parse_canonical, to_hex
from proofs.errors import MalformedProof
from proofs.exact_integers import width_of
from proofs.sumcheck.fields import FIELDS, Extension
from proofs.sumcheck.soundness import Tally

SAFETYNETS = "assay/safetynets"
VERSION = 1
MAX_TOTAL = 1 << 20
MAX_AXES, MAX_AXIS, MAX_CLASSES, MAX_BETAS = 8, 1 << 20, 1 << 20, 1024
MAX_DEGREE, MAX_ROUNDS, MAX_DEGREES = 1 << 16, 1 << 20, 256
MAX_SCALE_DIGITS = 40
MAX_INPUT = (1 << 31) - 1
CHOICES = (("m61",), ("m61", "m61b"))
"""The fields a network may be run in, by name; all of one choice draw challenges from extensions of one degree."""
CHALLENGE_DEGREE = 2
_SCALE = re.compile(rf"[1-9][0-9]{{0,{MAX_SCALE_DIGITS - 1}}}(/[1-9][0-9]{{0,{MAX_SCALE_DIGITS - 1}}})?")
_DIGESTS = ("network", "inputs", "outputs", "context")


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyNets:
    """ "On each of the ``total`` inputs the integer network's outputs are exactly those in the proof."

    Args:
        network: digest of the integer network: its layers, weights and biases. 32 bytes, as all digests.
        input_box: the least and the largest integer input; inputs beyond them were clipped.
        alpha, betas: scale of the inputs, and of each linear layer's weights, at which the network was rounded.
        fields: names of the prime fields it was run in; it is proven in each of them.
        challenge_degree: degree of the extension that challenges come from.
        rounds: (degree, number) of the messages that challenges are drawn after, by the total degree of the polynomial
            they are drawn for, the lowest first: what the proof's soundness is computed from.
        total: number of inputs. input_shape: shape of one. classes: outputs of one.
        inputs, outputs: digests of the integer inputs and of the exact integer outputs.
        context: 32 opaque bytes the proof is bound to.
    """

    PROTOCOL: ClassVar[str] = SAFETYNETS
    backend: ClassVar[str] = "safetynets"
    zero_knowledge: ClassVar[bool] = False

    network: bytes
    alpha: Fraction
    betas: tuple[Fraction, ...]
    fields: tuple[str, ...]
    challenge_degree: int
    rounds: Tally
    total: int
    input_shape: tuple[int, ...]
    input_box: tuple[int, int]
    classes: int
    inputs: bytes
    outputs: bytes
    context: bytes

    @property
    def largest_output(self) -> int:
        """The largest size of an integer that its residues modulo the fields' primes determine."""
        return (math.prod(FIELDS[name][0] for name in self.fields) - 1) // 2

    @property
    def extension(self) -> Extension:
        """Where challenges come from: they are coordinates below the smallest prime, the same in every field."""
        return Extension(min(FIELDS[name][0] for name in self.fields), self.challenge_degree)

    @property
    def output_bytes(self) -> int:
        """Bytes of one output: 8 for one field, 16 for two."""
        return width_of(-self.largest_output, self.largest_output)

    def to_bytes(self) -> bytes:
        """Canonical JSON: what the proof's transcript absorbs first."""
        return canonical_bytes(self.to_json())

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {
            "protocol": self.PROTOCOL,
            "version": VERSION,
            "backend": self.backend,
            "zero_knowledge": self.zero_knowledge,
            "alpha": str(self.alpha),
            "betas": [str(beta) for beta in self.betas],
            "fields": list(self.fields),
            "challenge_degree": self.challenge_degree,
            "rounds": [list(pair) for pair in self.rounds],
            "total": self.total,
            "input_shape": list(self.input_shape),
            "input_box": list(self.input_box),
            "classes": self.classes,
            **{name: to_hex(getattr(self, name)) for name in _DIGESTS},
        }

    @classmethod
    def from_bytes(cls, raw: bytes) -> SafetyNets:
        """Parse an untrusted statement. Raises MalformedProof."""
        parsed = parse_canonical(raw, "statement")
        keys = {field.name for field in fields(cls)} | {"protocol", "version", "backend", "zero_knowledge"}
        found = expect_keys(parsed, keys, "statement")
        _check_constants(found)
        return cls(
            alpha=_scale(found["alpha"], "alpha"),
            betas=tuple(_scale(beta, "betas") for beta in _list(found["betas"], 0, MAX_BETAS, "betas")),
            fields=_fields(found["fields"]),
            challenge_degree=expect_int(
                found["challenge_degree"], CHALLENGE_DEGREE, CHALLENGE_DEGREE, "statement: challenge_degree"
            ),
            rounds=_rounds(found["rounds"]),
            total=expect_int(found["total"], 1, MAX_TOTAL, "statement: total"),
            input_shape=tuple(
                expect_int(axis, 1, MAX_AXIS, "statement: input_shape")
                for axis in _list(found["input_shape"], 1, MAX_AXES, "input_shape")
            ),
            input_box=_box(found["input_box"]),
            classes=expect_int(found["classes"], 1, MAX_CLASSES, "statement: classes"),
            **{name: expect_hex(found[name], 32, f"statement: {name}") for name in _DIGESTS},
        )


def _check_constants(found: dict[str, Any]) -> None:
    """Fields that this version of the protocol fixes: no proof of this kind hides anything."""
    protocol, version = found["protocol"], found["version"]
    if protocol != SAFETYNETS or type(version) is not int or version != VERSION:
        raise MalformedProof(
            f"statement: protocol {protocol!r:.60} version {version!r:.20} is not known; with outputs in the open this "
            f"release reads {SAFETYNETS} version {VERSION}"
        )
    if found["backend"] != SafetyNets.backend or found["zero_knowledge"] is not False:
        raise MalformedProof(
            "statement: backend must be 'safetynets' and zero_knowledge false, since nothing is hidden"
        )


def _list(value: object, low: int, high: int, name: str) -> list[Any]:
    if not isinstance(value, list) or not low <= len(value) <= high:
        raise MalformedProof(f"statement: {name} must be a list of {low} to {high} entries")
    return value


def _scale(value: object, name: str) -> Fraction:
    """A positive rational as "3" or "7/2", in lowest terms."""
    if isinstance(value, str) and _SCALE.fullmatch(value) and str(Fraction(value)) == value:
        return Fraction(value)
    raise MalformedProof(
        f"statement: {name} must be positive, as 3 or 7/2 in lowest terms with at most {MAX_SCALE_DIGITS} digits"
    )


def _fields(value: object) -> tuple[str, ...]:
    names = tuple(name for name in _list(value, 1, 2, "fields") if isinstance(name, str))
    if list(names) != value or names not in CHOICES:
        known = " or ".join("+".join(names) for names in CHOICES)
        raise MalformedProof(f"statement: fields must be {known}")
    return names


def _box(value: object) -> tuple[int, int]:
    low, high = (
        expect_int(end, -MAX_INPUT, MAX_INPUT, "statement: input_box") for end in _list(value, 2, 2, "input_box")
    )
    if low > high:
        raise MalformedProof("statement: input_box must name the least input first")
    return low, high


def _rounds(value: object) -> Tally:
    pairs = []
    for pair in _list(value, 1, MAX_DEGREES, "rounds"):
        degree, number = _list(pair, 2, 2, "rounds: each entry")
        pairs.append(
            (
                expect_int(degree, 1, MAX_DEGREE, "statement: degree"),
                expect_int(number, 1, MAX_ROUNDS, "statement: rounds"),
            )
        )
    if [degree for degree, _ in pairs] != sorted({degree for degree, _ in pairs}):
        raise MalformedProof("statement: rounds must name each degree once, the lowest first")
    return tuple(pairs)
