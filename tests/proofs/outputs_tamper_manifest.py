"""Every field of a bundle about outputs x mutations x the check that must catch it, as ``tamper_manifest`` does.

``TAMPERS`` is data: a new field without a line here fails ``test_outputs_tamper.py``. SUBJECT is the fixture whose
honest bundle is tampered with; each has 2 batches of 2, one of the four documents blank.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tamper_manifest import MALFORMED, Change, flip, flip_hex, in_json, in_sections, opening, swapped

from proofs.bundle import FIELD
from proofs.container import Sections
from proofs.outputs_bundle import OutputsProof, pack_outputs, parse_outputs

CLASS, THRESHOLD, INFERENCE = "proven_class", "proven_threshold", "proven_inference"
ONE = 1 << 7


@dataclass(frozen=True)
class OutputsTamper:
    """One mutation of the bytes of an honest bundle."""

    field: str
    mutation: str
    expected: str
    apply: Callable[[bytes], bytes]
    subject: str

    @property
    def id(self) -> str:
        return f"{self.subject.removeprefix('proven_')}: {self.field}: {self.mutation}"


Line = tuple[str, str, Callable[[bytes], bytes]]


def lines(field: str, *table: Line, subject: str = CLASS) -> list[OutputsTamper]:
    return [OutputsTamper(field, mutation, expected, apply, subject) for mutation, expected, apply in table]


def json_lines(field: str, *table: tuple[str, str, Change], subject: str = CLASS) -> list[OutputsTamper]:
    """Lines for the JSON field ``section.key.key``."""
    section, *path = field.split(".")
    return [OutputsTamper(field, m, want, in_json(section, tuple(path), change), subject) for m, want, change in table]


def in_batch(number: int, change: Callable[[OutputsProof], OutputsProof]) -> Callable[[bytes], bytes]:
    def edit(sections: Sections) -> Sections:
        place = 2 + number
        name, payload = sections[place]
        return [*sections[:place], (name, pack_outputs(change(parse_outputs(payload)))), *sections[place + 1 :]]

    return in_sections(edit)


def batch(**changes: Any) -> Callable[[OutputsProof], OutputsProof]:
    return lambda old: replace(old, **{key: f(getattr(old, key)) for key, f in changes.items()})


def word(place: int, change: Callable[[int], int]) -> Callable[[OutputsProof], OutputsProof]:
    return batch(words=lambda words: tuple(change(w) if i == place % len(words) else w for i, w in enumerate(words)))


def digest_lines(name: str, expected: str) -> list[OutputsTamper]:
    return json_lines(
        f"statement.{name}",
        ("one bit", expected, flip_hex),
        ("zero", expected, lambda _: "0x" + "00" * 32),
        ("short", MALFORMED, lambda v: v[:-2]),
        ("null", MALFORMED, lambda _: None),
    )


STATEMENT = [
    *json_lines("statement.protocol", ("inference", MALFORMED, lambda _: "assay/inference"),
                ("accuracy", MALFORMED, lambda _: "assay/accuracy"), ("list", MALFORMED, lambda _: [])),
    *json_lines("statement.protocol", ("retrieval", MALFORMED, lambda _: "assay/retrieval"), subject=INFERENCE),
    *json_lines("statement.version", ("later", MALFORMED, lambda _: 2), ("boolean", MALFORMED, lambda _: True)),
    *json_lines("statement.backend", ("another", "statement-backend", lambda _: "sumcheck"),
                ("number", MALFORMED, lambda _: 1)),
    *json_lines("statement.zero_knowledge", ("denied", "statement-zero_knowledge", lambda v: not v),
                ("number", MALFORMED, lambda _: 1)),
    *(tamper for name in ("circuit", "model", "weights", "data", "format")
      for tamper in digest_lines(name, f"statement-{name}")),
    *digest_lines("context", "proof"),
    *json_lines("statement.context", ("one bit", "proof", flip_hex), subject=INFERENCE),
    *json_lines("statement.total", ("a blank one more", "statement-total", lambda v: v + 1),
                ("less", "statement-total", lambda v: v - 1), ("zero", MALFORMED, lambda _: 0),
                ("boolean", MALFORMED, lambda _: True), ("huge", MALFORMED, lambda _: 1 << 300)),
    *json_lines("statement.batch", ("half", "statement-batch", lambda v: v // 2),
                ("double", "statement-batch", lambda v: v * 2), ("zero", MALFORMED, lambda _: 0)),
    *json_lines("statement.predicate.kind", ("another", "malformed", lambda _: "threshold"),
                ("unknown", MALFORMED, lambda _: "sample"), ("list", MALFORMED, lambda _: ["class"])),
    *json_lines("statement.predicate.kind", ("class", MALFORMED, lambda _: "class"), subject=THRESHOLD),
    *json_lines("statement.predicate", ("of the other kind", "statement-circuit",
                                        lambda _: {"kind": "threshold", "selected": 0, "threshold": 0}),
                ("null", MALFORMED, lambda _: None), ("text", MALFORMED, lambda _: "class 0")),
    *json_lines("statement.predicate", ("of the other kind", "statement-circuit",
                                        lambda _: {"kind": "class", "selected": 0}), subject=THRESHOLD),
    *json_lines("statement.predicate.selected", ("another class", "predicate", lambda v: v + 1),
                ("no output of the model", "predicate", lambda _: 3), ("far beyond", MALFORMED, lambda _: 4096),
                ("negative", MALFORMED, lambda _: -1), ("boolean", MALFORMED, lambda _: False)),
    *json_lines("statement.predicate.selected", ("another output", "predicate", lambda v: v + 1), subject=THRESHOLD),
    *json_lines("statement.predicate.threshold", ("one more", "predicate", lambda v: v + 1),
                ("one less", "predicate", lambda v: v - 1), ("negated", "predicate", lambda v: -v),
                ("beyond 2^24", MALFORMED, lambda _: 1 << 24), ("null", MALFORMED, lambda _: None),
                subject=THRESHOLD),
    *json_lines("statement.predicate.threshold", ("added", MALFORMED, lambda _: 0)),
    *json_lines("statement.extra", ("unknown field", MALFORMED, lambda _: 1)),
]  # fmt: skip

CIRCUIT = [
    *json_lines("circuit.task", ("inference", "circuit", lambda _: "inference"), ("null", "circuit", lambda _: None)),
    *json_lines("circuit.task", ("retrieval", "circuit", lambda _: "retrieval-class"), subject=INFERENCE),
    *json_lines("circuit.base", ("null", "circuit", lambda _: None)),
    *json_lines("circuit.base.architecture", ("null", "circuit", lambda _: None)),
    *json_lines("circuit.base.architecture.nodes", ("last dropped", "circuit", lambda v: v[:-1])),
    *json_lines("circuit.base.format", ("null", "circuit", lambda _: None)),
    *json_lines("circuit.base.binding", ("hashed", "circuit", lambda _: "hashed")),
    *json_lines("circuit.base.budget", ("more", "circuit", lambda v: v + 1)),
    *json_lines("circuit.base.parameters", ("null", "circuit", lambda _: None)),
    *json_lines("circuit.base.srs", ("one bit", "circuit", flip_hex)),
    *json_lines("circuit.base.ezkl", ("other release", "circuit", lambda _: "23.0.6")),
    *json_lines("circuit.view", ("null", "circuit", lambda _: None)),
    *json_lines("circuit.view.shape", ("other", "circuit", lambda _: [2, 4])),
    *json_lines("circuit.view.dtype", ("other", "circuit", lambda _: "int16")),
    *json_lines("circuit.view.unit_bits", ("coarser", "circuit", lambda v: v - 1)),
    *json_lines("circuit.view.scale_bits", ("coarser", "circuit", lambda v: v - 1)),
    *json_lines("circuit.view.batch", ("double", "circuit", lambda v: v * 2)),
    *json_lines("circuit.view.salt_limbs", ("more", "circuit", lambda v: v + 1)),
    *json_lines("circuit.extra", ("unknown field", "circuit", lambda _: 1)),
]  # fmt: skip

BATCH = [
    *lines("batch.opening.index",
        ("beyond the last", "coverage", in_batch(1, opening(index=lambda _: 2))),
        ("largest", "coverage", in_batch(1, opening(index=lambda _: (1 << 32) - 1))),
        ("of another batch", "coverage", in_batch(1, opening(index=lambda _: 0))),
    ),
    *lines("batch.opening.hashes",
        ("one bit", "data-root", in_batch(0, opening(hashes=lambda h: (h[0] ^ 1, h[1])))),
        ("swapped", "data-root", in_batch(0, opening(hashes=swapped))),
        ("one twice", "data-root", in_batch(0, opening(hashes=lambda h: (h[0], h[0])))),
        ("plus the field order", MALFORMED, in_batch(0, opening(hashes=lambda h: (h[0] + FIELD, h[1])))),
        ("one missing", "data-root", in_batch(0, opening(hashes=lambda h: h[:1], payload_roots=lambda p: p[:1]))),
        ("none", "data-root", in_batch(0, opening(hashes=lambda _: (), payload_roots=lambda _: ()))),
    ),
    *lines("batch.opening.payload_roots",
        ("one bit", "data-root", in_batch(0, opening(payload_roots=lambda p: (flip(p[0]), p[1])))),
        ("swapped", "data-root", in_batch(0, opening(payload_roots=swapped))),
    ),
    *lines("batch.opening.path",
        ("one bit", "data-root", in_batch(0, opening(path=lambda p: (flip(p[0]), *p[1:])))),
        ("long", "data-root", in_batch(0, opening(path=lambda p: (*p, bytes(32))))),
        ("empty", "data-root", in_batch(0, opening(path=lambda _: ()))),
    ),
    *lines("batch.tag_hash",
        ("one more", "proof", in_batch(0, batch(tag_hash=lambda v: v + 1))),
        ("plus the field order", MALFORMED, in_batch(0, batch(tag_hash=lambda v: v + FIELD))),
    ),
    *lines("batch.words",
        ("a match withheld", "proof", in_batch(0, word(0, lambda _: 0))),
        ("a match invented", "proof", in_batch(0, word(1, lambda _: ONE))),
        ("a blank match withheld", "proof", in_batch(1, word(1, lambda _: 0))),
        ("a bit of two", "bit", in_batch(0, word(0, lambda _: 2 * ONE))),
        ("a bit that is 1 and not 2^scale", "bit", in_batch(0, word(0, lambda _: 1))),
        ("a negative bit", "bit", in_batch(0, word(0, lambda _: -ONE))),
        ("another class", "predicate", in_batch(0, batch(words=lambda w: (*w[:2], 0, ONE, 0)))),
        ("a selector with two ones", "predicate", in_batch(1, batch(words=lambda w: (*w[:2], ONE, ONE, 0)))),
        ("a selector scaled", "predicate", in_batch(1, batch(words=lambda w: (*w[:2], 2 * ONE, 0, 0)))),
        ("a bit missing", "outputs", in_batch(0, batch(words=lambda w: w[1:]))),
        ("a word more", "outputs", in_batch(0, batch(words=lambda w: (*w, 0)))),
        ("none", "outputs", in_batch(0, batch(words=lambda _: ()))),
    ),
    *lines("batch.words",
        ("a match invented", "proof", in_batch(0, word(0, lambda _: ONE))),
        ("threshold one more", "predicate", in_batch(0, word(-1, lambda v: v + 1))),
        ("threshold one less", "predicate", in_batch(0, word(-1, lambda v: v - 1))),
        ("threshold missing", "outputs", in_batch(0, batch(words=lambda w: w[:-1]))),
        subject=THRESHOLD,
    ),
    *lines("batch.words",
        ("a logit one more", "proof", in_batch(0, word(0, lambda v: v + 1))),
        ("a logit of the last input one less", "proof", in_batch(1, word(2, lambda v: v - 1))),
        ("a logit of the blank input", "proof", in_batch(1, word(5, lambda _: 0))),
        ("rows swapped", "proof", in_batch(0, batch(words=lambda w: (*w[3:], *w[:3])))),
        ("a logit missing", "outputs", in_batch(0, batch(words=lambda w: w[1:]))),
        ("a logit more", "outputs", in_batch(0, batch(words=lambda w: (*w, 0)))),
        subject=INFERENCE,
    ),
    *lines("batch.proof",
        ("first byte", "model-commitment", in_batch(0, batch(proof=lambda p: flip(p, 0)))),
        ("byte after the commitment", "proof", in_batch(0, batch(proof=lambda p: flip(p, 64)))),
        ("last byte", "proof", in_batch(1, batch(proof=lambda p: flip(p, -1)))),
        ("appended byte", "proof-length", in_batch(0, batch(proof=lambda p: p + b"\0"))),
        ("cut", "proof-length", in_batch(0, batch(proof=lambda p: p[:-32]))),
        ("empty", "proof-length", in_batch(0, batch(proof=lambda _: b""))),
        ("zeros behind the commitment", "proof", in_batch(0, batch(proof=lambda p: p[:64] + bytes(len(p) - 64)))),
    ),
]  # fmt: skip

BUNDLE = lines("bundle",
    ("magic", MALFORMED, lambda raw: flip(raw, 0)),
    ("version", MALFORMED, lambda raw: flip(raw, 9)),
    ("section name", MALFORMED, lambda raw: flip(raw, 12)),
    ("trailing byte", MALFORMED, lambda raw: raw + b"\0"),
    ("cut", MALFORMED, lambda raw: raw[:-1]),
    ("sections swapped", MALFORMED, in_sections(lambda s: [s[1], s[0], *s[2:]])),
    ("unknown section", MALFORMED, in_sections(lambda s: [*s, (b"MORE", b"")])),
    ("a receipt", MALFORMED, in_sections(lambda s: [*s[:2], (b"RCPT", b"{}"), *s[2:]])),
    ("batches called those of an accuracy proof", MALFORMED,
     in_sections(lambda s: [*s[:2], *((b"BTCH", payload) for _, payload in s[2:])])),
) + lines("bundle.batches",
    ("none", MALFORMED, in_sections(lambda s: s[:2])),
    ("first missing", "coverage", in_sections(lambda s: [*s[:2], s[3]])),
    ("last missing", "coverage", in_sections(lambda s: s[:3])),
    ("first twice", "coverage", in_sections(lambda s: [*s[:3], *s[2:]])),
    ("first in place of the last", "coverage", in_sections(lambda s: [*s[:3], s[2]])),
    ("permuted", "coverage", in_sections(lambda s: [*s[:2], s[3], s[2]])),
    ("payloads permuted under their indices", "data-root", in_sections(lambda s: _exchange(s, "opening"))),
    ("proofs permuted", "proof", in_sections(lambda s: _exchange(s, "proof"))),
    ("word plus the field order", MALFORMED, in_sections(lambda s: [*s[:2], (s[2][0], _large(s[2][1])), *s[3:]])),
    ("byte after a batch", MALFORMED, in_sections(lambda s: [*s[:2], (s[2][0], s[2][1] + b"\0"), *s[3:]])),
)  # fmt: skip


def _exchange(sections: Sections, field: str) -> Sections:
    """Batches 0 and 1 with one field of each given to the other, indices kept."""
    first, second = parse_outputs(sections[2][1]), parse_outputs(sections[3][1])
    if field == "opening":
        one = replace(first, opening=replace(second.opening, index=0))
        two = replace(second, opening=replace(first.opening, index=1))
    else:
        one, two = replace(first, proof=second.proof), replace(second, proof=first.proof)
    return [*sections[:2], (b"OUTP", pack_outputs(one)), (b"OUTP", pack_outputs(two))]


def _large(payload: bytes) -> bytes:
    """The payload with its first word written as the word plus the field's order."""
    parsed = parse_outputs(payload)
    words = b"".join((w % FIELD).to_bytes(32, "big") for w in parsed.words)
    place = payload.index(words)
    large = int.from_bytes(payload[place : place + 32], "big") + FIELD
    return payload[:place] + large.to_bytes(32, "big") + payload[place + 32 :]


TAMPERS = [*STATEMENT, *CIRCUIT, *BATCH, *BUNDLE]
