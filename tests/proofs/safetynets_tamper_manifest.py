"""Every field, section and message of a SafetyNets bundle x mutations x the check that must catch it.

``TAMPERS`` is data: a new field or message without a line here fails ``test_safetynets_tamper.py``. Two honest bundles
are tampered with: a CNN's, over one prime, and that of dense layers, over two. Where outputs are changed and the
statement restated, it is the sum-checks that must object, and they do at the first equation they leave.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from helpers.tiny_safetynets import CLASSES
from tamper_manifest import MALFORMED, Change, flip, flip_hex, in_json, in_sections

from proofs.canonical import to_hex
from proofs.container import Sections
from proofs.encoding import domain
from proofs.exact_integers import encode
from proofs.statements.safetynets import SafetyNets

CNN, MLP = "proven_cnn", "proven_mlp"
P, Q = 2**61 - 1, 2**61 - 45
COORDINATE, DEGREE = 8, 2
ELEMENT = COORDINATE * DEGREE
WIDTHS = {CNN: 8, MLP: 16}
PRIMES = {CNN: (P,), MLP: (P, Q)}
FIRST = {CNN: "layer 7", MLP: "layer 5"}
"""The first equation the sum-checks leave: what fails when all challenges are others."""
Apply = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Message:
    """A message of the sum-checks: label, elements of one branch, and the check that fails when it is changed.

    ``second``: the check where the second branch's part is changed. A last value moves no challenge of its own layer,
    so the first branch, which is checked first, stumbles over the next layer's.
    """

    label: str
    elements: int
    check: str
    second: str


def sums(layer: str, columns: tuple[int, ...], rows: tuple[str, ...], following: str = "") -> list[Message]:
    """The messages of a sum-check of squares."""
    return [
        *(Message(f"{layer}/columns/0/{half}", 2, layer, layer) for half in columns),
        *(Message(f"{layer}/rows/{row}", 3, layer, layer) for row in rows),
        Message(f"{layer}/value", 1, layer, following or layer),
    ]


LAYER_2 = ("0/1", "1/2", "1/1", "2/2", "2/1")
MESSAGES = {
    CNN: [
        Message("outputs", 0, "", ""),
        *sums("layer 7", (2, 1), ("0/2", "0/1", "1/1", "2/1")),
        Message("layer 6", 1, "layer 2", ""),
        *sums("layer 2", (2, 1), LAYER_2),
        *sums("layer 2 claim 1", (2, 1), LAYER_2),
    ],
    MLP: [
        Message("outputs", 0, "", ""),
        *sums("layer 5", (2, 1), ("0/2", "0/1"), "layer 3"),
        Message("layer 3/0/2", 2, "layer 3", "layer 3"),
        Message("layer 3/0/1", 2, "layer 3", "layer 3"),
        Message("layer 3", 1, "layer 3", "layer 2"),
        *sums("layer 2", (2, 1), ("0/4", "0/2", "0/1")),
    ],
}


@dataclass(frozen=True)
class SafetyTamper:
    """One mutation of the bytes of an honest bundle."""

    subject: str
    field: str
    mutation: str
    expected: str
    apply: Apply

    @property
    def id(self) -> str:
        return f"{self.subject.removeprefix('proven_')}: {self.field}: {self.mutation}"


def lines(subject: str, field: str, *table: tuple[str, str, Apply]) -> list[SafetyTamper]:
    return [SafetyTamper(subject, field, mutation, expected, apply) for mutation, expected, apply in table]


def json_lines(name: str, *table: tuple[str, str, Change], subject: str = CNN) -> list[SafetyTamper]:
    """Lines for a key of the statement."""
    applied = [(mutation, want, in_json("statement", (name,), change)) for mutation, want, change in table]
    return lines(subject, f"statement.{name}", *applied)


def digest_lines(name: str, expected: str) -> list[SafetyTamper]:
    return json_lines(
        name,
        ("one bit", expected, flip_hex),
        ("zero", expected, lambda _: "0x" + "00" * 32),
        ("short", MALFORMED, lambda v: v[:-2]),
        ("upper case", MALFORMED, lambda _: "0x" + "AB" * 32),
        ("null", MALFORMED, lambda _: None),
    )


STATEMENT = [
    *json_lines("protocol", ("another", MALFORMED, lambda _: "assay/inference"), ("list", MALFORMED, lambda _: [])),
    *json_lines("version", ("later", MALFORMED, lambda _: 2), ("boolean", MALFORMED, lambda _: True)),
    *json_lines("backend", ("another", MALFORMED, lambda _: "halo2"), ("number", MALFORMED, lambda _: 1)),
    *json_lines("zero_knowledge", ("claimed", MALFORMED, lambda _: True), ("number", MALFORMED, lambda _: 0)),
    *json_lines("alpha", ("another", "statement-alpha", lambda _: "8"), ("not in lowest terms", MALFORMED,
                lambda _: "14/2"), ("negative", MALFORMED, lambda _: "-7"), ("zero", MALFORMED, lambda _: "0"),
                ("decimal", MALFORMED, lambda _: "7.0"), ("number", MALFORMED, lambda _: 7),
                ("over zero", MALFORMED, lambda _: "7/0"), ("over one", MALFORMED, lambda _: "7/1"),
                ("long", MALFORMED, lambda _: "7" * 41), ("newline", MALFORMED, lambda _: "7\n")),
    *json_lines("betas", ("another", "statement-betas", lambda v: [*v[:-1], "9"]),
                ("one missing", "statement-betas", lambda v: v[:-1]),
                ("one more", "statement-betas", lambda v: [*v, "8"]),
                ("none", "statement-betas", lambda _: []), ("a text", MALFORMED, lambda _: "8,8,8,8"),
                ("very many", MALFORMED, lambda _: ["8"] * 1025), ("a number", MALFORMED, lambda v: [*v[:-1], 8])),
    *json_lines("fields", ("two", MALFORMED, lambda _: ["m61", "m61b"]), ("another", MALFORMED, lambda _: ["m61b"]),
                ("base", MALFORMED, lambda _: ["m61/base"]), ("none", MALFORMED, lambda _: []),
                ("twice", MALFORMED, lambda _: ["m61", "m61"]), ("a list", MALFORMED, lambda _: [["m61"]])),
    *json_lines("fields", ("one", MALFORMED, lambda v: v[:1]), ("swapped", MALFORMED, lambda v: v[::-1]), subject=MLP),
    *json_lines("challenge_degree", ("base field", MALFORMED, lambda _: 1), ("four", MALFORMED, lambda _: 4)),
    *json_lines("rounds", ("one less", "statement-rounds", lambda v: [[v[0][0], v[0][1] - 1], *v[1:]]),
                ("a lower degree", "statement-rounds", lambda v: [[1, v[0][1]], *v[1:]]),
                ("one kind missing", "statement-rounds", lambda v: v[1:]), ("none", MALFORMED, lambda _: []),
                ("swapped", MALFORMED, lambda v: v[::-1]), ("one twice", MALFORMED, lambda v: [v[0], *v]),
                ("a number", MALFORMED, lambda _: 30), ("a triple", MALFORMED, lambda v: [[*v[0], 1], *v[1:]]),
                ("degree zero", MALFORMED, lambda v: [[0, 1], *v])),
    *json_lines("total", ("one more", MALFORMED, lambda v: v + 1), ("one less", MALFORMED, lambda v: v - 1),
                ("zero", MALFORMED, lambda _: 0), ("boolean", MALFORMED, lambda _: True),
                ("huge", MALFORMED, lambda _: 1 << 300)),
    *json_lines("input_shape", ("another", "statement-input_shape", lambda _: [16]), ("none", MALFORMED, lambda _: []),
                ("zero", MALFORMED, lambda _: [1, 4, 0]), ("a number", MALFORMED, lambda _: 16)),
    *json_lines("input_box", ("wider", "statement-input_box", lambda v: [v[0], v[1] + 1]),
                ("swapped", MALFORMED, lambda v: v[::-1]), ("one end", MALFORMED, lambda v: v[:1]),
                ("beyond 2^31", MALFORMED, lambda _: [0, 1 << 31])),
    *json_lines("classes", ("one more", MALFORMED, lambda v: v + 1), ("zero", MALFORMED, lambda _: 0),
                ("one less", MALFORMED, lambda v: v - 1)),
    *digest_lines("network", "statement-network"),
    *digest_lines("inputs", "statement-inputs"),
    *digest_lines("outputs", "statement-outputs"),
    *digest_lines("context", FIRST[CNN]),
    *json_lines("context", ("one bit", FIRST[MLP], flip_hex), subject=MLP),
    *json_lines("extra", ("unknown field", MALFORMED, lambda _: 1)),
]  # fmt: skip


def in_outputs(change: Apply, restate: bool = False) -> Apply:
    """Change the outputs' bytes, and with ``restate`` the digest in the statement with them."""

    def edit(sections: Sections) -> Sections:
        return [sections[0], (b"OUTS", change(sections[1][1])), sections[2]]

    def apply(raw: bytes) -> bytes:
        changed = in_sections(edit)(raw)
        digest = _restated(_said(raw), _outputs(changed))
        return in_json("statement", ("outputs",), lambda _: to_hex(digest))(changed) if restate else changed

    return apply


def _restated(statement: SafetyNets, outputs: bytes) -> bytes:
    """The digest of a bundle's outputs, written out."""
    extents = (statement.total, statement.classes, statement.output_bytes)
    head = domain("assay/safetynets-outputs/v1") + b"".join(extent.to_bytes(8, "little") for extent in extents)
    return hashlib.sha256(head + outputs).digest()


def _said(raw: bytes) -> SafetyNets:
    return SafetyNets.from_bytes(_section(raw, 0))


def _outputs(raw: bytes) -> bytes:
    return _section(raw, 1)


def _section(raw: bytes, place: int) -> bytes:
    found: list[bytes] = []
    in_sections(lambda sections: [found.append(sections[place][1]) or section for section in sections])(raw)
    return found[0]


def integer(subject: str, place: int, change: Callable[[int], int]) -> Apply:
    """Change one output, exactly."""
    width = WIDTHS[subject]

    def apply(raw: bytes) -> bytes:
        at = place % (len(raw) // width) * width
        value = int.from_bytes(raw[at : at + width], "little", signed=True)
        return raw[:at] + encode(np.array([change(value)], dtype=object), width) + raw[at + width :]

    return apply


def output_lines(subject: str) -> list[SafetyTamper]:
    width, modulus = WIDTHS[subject], int(np.prod(PRIMES[subject], dtype=object))
    row = width * CLASSES
    one_more, last_less = integer(subject, 0, lambda v: v + 1), integer(subject, -1, lambda v: v - 1)
    swapped: Apply = lambda raw: raw[row : 2 * row] + raw[:row] + raw[2 * row :]  # noqa: E731 - a table's entry
    beyond = integer(subject, 0, lambda v: v - modulus if v > 0 else v + modulus)
    return lines(
        subject, "outputs",
        ("one more", "statement-outputs", in_outputs(one_more)),
        ("one more, restated", FIRST[subject], in_outputs(one_more, restate=True)),
        ("last one less, restated", FIRST[subject], in_outputs(last_less, restate=True)),
        ("one negated, restated", FIRST[subject], in_outputs(integer(subject, 4, lambda v: -v), restate=True)),
        ("rows swapped", "statement-outputs", in_outputs(swapped)),
        ("rows swapped, restated", FIRST[subject], in_outputs(swapped, restate=True)),
        ("all zero, restated", FIRST[subject], in_outputs(lambda raw: bytes(len(raw)), restate=True)),
        ("plus the modulus", MALFORMED, in_outputs(beyond)),
        ("plus the modulus, restated", MALFORMED, in_outputs(beyond, restate=True)),
        ("a byte missing", MALFORMED, in_outputs(lambda raw: raw[:-1], restate=True)),
        ("a row missing", MALFORMED, in_outputs(lambda raw: raw[:-row], restate=True)),
        ("a row more", MALFORMED, in_outputs(lambda raw: raw + raw[:row], restate=True)),
        ("none", MALFORMED, in_outputs(lambda _: b"", restate=True)),
    )  # fmt: skip


def in_proof(change: Apply) -> Apply:
    return in_sections(lambda sections: [*sections[:2], (b"SUMC", change(sections[2][1]))])


def spliced(start: int, length: int, change: Apply) -> Apply:
    return in_proof(lambda raw: raw[:start] + change(raw[start : start + length]) + raw[start + length :])


def coordinate(start: int, change: Callable[[int], int]) -> Apply:
    return spliced(start, COORDINATE, lambda raw: change(int.from_bytes(raw, "little")).to_bytes(COORDINATE, "little"))


def message_lines(subject: str) -> Iterator[SafetyTamper]:
    """Every element of every message, in every branch, coordinates in turn; each message once cut, doubled, raised."""
    start = 0
    for message in MESSAGES[subject]:
        length = message.elements * ELEMENT
        for branch, p in enumerate(PRIMES[subject]):
            for element in range(message.elements):
                at = start + branch * length + element * ELEMENT + COORDINATE * (element % DEGREE)
                check = message.second if branch else message.check
                yield SafetyTamper(
                    subject, message.label, f"branch {branch}, element {element}, one more", check,
                    coordinate(at, lambda v, p=p: (v + 1) % p),  # type: ignore[misc]
                )  # fmt: skip
        whole = length * len(PRIMES[subject])
        if message.elements:
            p = PRIMES[subject][-1]
            last = start + whole - COORDINATE
            yield from lines(
                subject, message.label,
                ("last coordinate one more", message.second or message.check, coordinate(last, lambda v: (v + 1) % P)),
                ("a coordinate plus the prime", MALFORMED, coordinate(last, lambda v, p=p: v + p)),
                ("dropped", MALFORMED, spliced(start, whole, lambda _: b"")),
                ("twice", MALFORMED, spliced(start, whole, lambda raw: raw + raw)),
            )  # fmt: skip
        start += whole


PROOF = lines(CNN, "proof",
    ("empty", MALFORMED, in_proof(lambda _: b"")),
    ("a byte missing", MALFORMED, in_proof(lambda raw: raw[:-1])),
    ("a byte more", MALFORMED, in_proof(lambda raw: raw + b"\0")),
    ("an element more", MALFORMED, in_proof(lambda raw: raw + bytes(ELEMENT))),
    ("all zero", FIRST[CNN], in_proof(lambda raw: bytes(len(raw)))),
    ("all ones", MALFORMED, in_proof(lambda raw: b"\xff" * len(raw))),
    ("first messages exchanged", FIRST[CNN],
     in_proof(lambda raw: raw[2 * ELEMENT : 4 * ELEMENT] + raw[: 2 * ELEMENT] + raw[4 * ELEMENT :])),
) + lines(MLP, "proof",
    ("branches exchanged in the first message", FIRST[MLP],
     in_proof(lambda raw: raw[2 * ELEMENT : 4 * ELEMENT] + raw[: 2 * ELEMENT] + raw[4 * ELEMENT :])),
)  # fmt: skip

BUNDLE = lines(CNN, "bundle",
    ("magic", MALFORMED, lambda raw: flip(raw, 0)),
    ("version", MALFORMED, lambda raw: flip(raw, 9)),
    ("section name", MALFORMED, lambda raw: flip(raw, 12)),
    ("trailing byte", MALFORMED, lambda raw: raw + b"\0"),
    ("cut", MALFORMED, lambda raw: raw[:-1]),
    ("sections swapped", MALFORMED, in_sections(lambda s: [s[1], s[0], s[2]])),
    ("no outputs", MALFORMED, in_sections(lambda s: [s[0], s[2]])),
    ("no proof", MALFORMED, in_sections(lambda s: s[:2])),
    ("a second proof", MALFORMED, in_sections(lambda s: [*s, s[2]])),
    ("unknown section", MALFORMED, in_sections(lambda s: [*s, (b"MORE", b"")])),
    ("called a proof about a committed model", MALFORMED, in_sections(lambda s: [*s[:2], (b"OUTP", s[2][1])])),
)  # fmt: skip

TAMPERS = [
    *STATEMENT, *output_lines(CNN), *output_lines(MLP), *message_lines(CNN), *message_lines(MLP), *PROOF, *BUNDLE,
]  # fmt: skip
