"""Every field of a proof bundle x mutations x the check that must catch it.

``TAMPERS`` is data: a new field without a line here fails ``test_tamper.py``. Expected is the name of a check of
RejectedProof, or MALFORMED. The honest bundle proves COUNTS = (2, 1, 0) of 3 batches of 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from proofs.bundle import FIELD, MAGIC, VERSION, BatchProof, pack_batch, parse_batch
from proofs.canonical import canonical_bytes, parse_canonical
from proofs.container import Sections, pack, unpack

MALFORMED = "malformed"
NAMES = {"statement": 0, "circuit": 1, "receipt": 2}
Change = Callable[[Any], Any]


@dataclass(frozen=True)
class Tamper:
    """One mutation of the honest bundle's bytes."""

    field: str
    mutation: str
    expected: str
    apply: Callable[[bytes], bytes]

    @property
    def id(self) -> str:
        return f"{self.field}: {self.mutation}"


def in_sections(change: Callable[[Sections], Sections]) -> Callable[[bytes], bytes]:
    return lambda raw: pack(MAGIC, VERSION, change(unpack(raw, MAGIC, VERSION, "bundle")))


def in_json(section: str, path: tuple[Any, ...], change: Change) -> Callable[[bytes], bytes]:
    """Change one place of a JSON section and write it canonically again."""

    def edit(sections: Sections) -> Sections:
        place = NAMES[section]
        name, payload = sections[place]
        value = parse_canonical(payload, section)
        target = value
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = change(target.get(path[-1]) if isinstance(target, dict) else target[path[-1]])
        return [*sections[:place], (name, canonical_bytes(value)), *sections[place + 1 :]]

    return in_sections(edit)


def in_batch(number: int, change: Callable[[BatchProof], BatchProof]) -> Callable[[bytes], bytes]:
    def edit(sections: Sections) -> Sections:
        place = 3 + number
        name, payload = sections[place]
        return [*sections[:place], (name, pack_batch(change(parse_batch(payload)))), *sections[place + 1 :]]

    return in_sections(edit)


def flip(raw: bytes, place: int = 0) -> bytes:
    place %= len(raw)
    return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


def flip_hex(text: str) -> str:
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def opening(**changes: Any) -> Callable[[BatchProof], BatchProof]:
    """Change fields of the batch's opening; values are functions of the old value."""
    return lambda batch: replace(
        batch, opening=replace(batch.opening, **{key: f(getattr(batch.opening, key)) for key, f in changes.items()})
    )


def batch(**changes: Any) -> Callable[[BatchProof], BatchProof]:
    return lambda old: replace(old, **{key: f(getattr(old, key)) for key, f in changes.items()})


def swapped(pair: tuple[Any, ...]) -> tuple[Any, ...]:
    return pair[::-1]


def lines(field: str, table: list[tuple[str, str, Callable[[bytes], bytes]]]) -> list[Tamper]:
    return [Tamper(field, mutation, expected, apply) for mutation, expected, apply in table]


def json_lines(field: str, *table: tuple[str, str, Change]) -> list[Tamper]:
    """Lines for the JSON field ``section.key.key``."""
    section, *path = field.split(".")
    return [Tamper(field, m, expected, in_json(section, tuple(path), change)) for m, expected, change in table]


def digest_lines(name: str, expected: str) -> list[Tamper]:
    return json_lines(
        f"statement.{name}",
        ("one bit", expected, flip_hex),
        ("zero", expected, lambda _: "0x" + "00" * 32),
        ("short", MALFORMED, lambda v: v[:-2]),
        ("upper case", MALFORMED, lambda v: "0x" + "AB" * 32),
        ("not hex", MALFORMED, lambda v: v[:-1] + "g"),
        ("null", MALFORMED, lambda _: None),
    )


STATEMENT = [
    *json_lines("statement.protocol", ("another", MALFORMED, lambda _: "assay/inference")),
    *json_lines("statement.version", ("later", MALFORMED, lambda _: 2), ("boolean", MALFORMED, lambda _: True)),
    *json_lines(
        "statement.backend",
        ("another", "statement-backend", lambda _: "sumcheck"),
        ("empty", "statement-backend", lambda _: ""),
        ("number", MALFORMED, lambda _: 1),
    ),
    *json_lines(
        "statement.zero_knowledge",
        ("denied", "statement-zero_knowledge", lambda v: not v),
        ("number", MALFORMED, lambda _: 1),
    ),
    *(tamper for name in ("circuit", "model", "weights", "data", "format")
      for tamper in digest_lines(name, f"statement-{name}")),
    *json_lines(
        "statement.total",
        ("more", "statement-total", lambda v: v + 2),
        ("less", "statement-total", lambda v: v - 2),
        ("zero", MALFORMED, lambda _: 0),
        ("boolean", MALFORMED, lambda _: True),
        ("huge", MALFORMED, lambda _: 1 << 300),
    ),
    *json_lines(
        "statement.batch",
        ("half", "statement-batch", lambda v: v // 2),
        ("double", "statement-batch", lambda v: v * 2),
        ("zero", MALFORMED, lambda _: 0),
    ),
    *json_lines("statement.top_k", ("two", MALFORMED, lambda _: 2), ("zero", MALFORMED, lambda _: 0)),
    *json_lines(
        "statement.at_least",
        ("more than proven", "total", lambda v: v + 1),
        ("less than claimed", "proof", lambda v: v - 1),
        ("above N", MALFORMED, lambda _: 7),
        ("negative", MALFORMED, lambda _: -1),
    ),
    *digest_lines("context", "proof"),
    *json_lines("statement.extra", ("unknown field", MALFORMED, lambda _: 1)),
]  # fmt: skip

CIRCUIT = [
    *json_lines("circuit.architecture", ("null", "circuit", lambda _: None)),
    *json_lines("circuit.architecture.opset", ("another", "circuit", lambda v: v + 1)),
    *json_lines(
        "circuit.architecture.nodes",
        ("last dropped", "circuit", lambda v: v[:-1]),
        ("activation dropped", "circuit", lambda v: [n for n in v if n[0] != "Relu"]),
        ("other operator", "circuit", lambda v: [["Abs", *n[1:]] if n[0] == "Relu" else n for n in v]),
    ),
    *json_lines("circuit.architecture.weights", ("wider", "circuit", lambda v: [[v[0][0], [5, 8]], *v[1:]])),
    *json_lines("circuit.architecture.constants", ("added", "circuit", lambda v: [*v, ["c0", [1], [1]]])),
    *json_lines("circuit.architecture.output", ("inner tensor", "circuit", lambda _: "t1")),
    *json_lines("circuit.format", ("null", "circuit", lambda _: None)),
    *json_lines("circuit.format.shape", ("other", "circuit", lambda _: [2, 4])),
    *json_lines("circuit.format.scale_bits", ("coarser", "circuit", lambda v: v - 1)),
    *json_lines("circuit.format.classes", ("fewer", "circuit", lambda v: v - 1)),
    *json_lines("circuit.format.salt_limbs", ("more", "circuit", lambda v: v + 1)),
    *json_lines("circuit.format.batch", ("double", "circuit", lambda v: v * 2)),
    *json_lines(
        "circuit.binding",
        ("hashed", "circuit", lambda v: "hashed" if v != "hashed" else "fixed"),
        ("private", "circuit", lambda _: "private"),
    ),
    *json_lines("circuit.budget", ("more", "circuit", lambda v: v + 1), ("none", "circuit", lambda _: -1)),
    *json_lines("circuit.parameters", ("null", "circuit", lambda _: None)),
    *json_lines("circuit.parameters.base", ("other", "circuit", lambda v: v * 2)),
    *json_lines("circuit.parameters.legs", ("fewer", "circuit", lambda v: v - 1)),
    *json_lines("circuit.parameters.logrows", ("more", "circuit", lambda v: v + 1)),
    *json_lines("circuit.parameters.lookup_range", ("wider", "circuit", lambda _: [-8, 8])),
    *json_lines("circuit.srs", ("one bit", "circuit", flip_hex)),
    *json_lines("circuit.ezkl", ("other release", "circuit", lambda _: "23.0.6")),
    *json_lines("circuit.extra", ("unknown field", "circuit", lambda _: 1), ("float", MALFORMED, lambda _: None)),
]
CIRCUIT[-1] = Tamper(
    "circuit", "a number with a fraction", MALFORMED,
    in_sections(lambda s: [s[0], (s[1][0], s[1][1].replace(b'"opset":17', b'"opset":17.0')), *s[2:]]),
)  # fmt: skip

RECEIPT = [
    *json_lines("receipt.total", ("more", "receipt", lambda v: v + 2), ("zero", MALFORMED, lambda _: 0)),
    *json_lines("receipt.agree", ("one less", "proof", lambda v: v - 1), ("above N", MALFORMED, lambda _: 7)),
    *json_lines("receipt.integer_correct", ("one more", "receipt", lambda v: v + 1),
                ("one less", "receipt", lambda v: v - 1), ("negative", MALFORMED, lambda _: -1)),
    *json_lines("receipt.float_correct", ("one more", "proof", lambda v: v + 1), ("text", MALFORMED, str)),
    *json_lines("receipt.max_logit_error_ppm", ("none", "proof", lambda _: 0), ("one more", "proof", lambda v: v + 1),
                ("negative", MALFORMED, lambda _: -1)),
    *json_lines("receipt.extra", ("unknown field", MALFORMED, lambda _: 1)),
]  # fmt: skip

BATCH = [
    *lines("batch.opening.index", [
        ("beyond the last", "batch-range", in_batch(2, opening(index=lambda _: 3))),
        ("largest", "batch-range", in_batch(2, opening(index=lambda _: (1 << 32) - 1))),
        ("of another batch", MALFORMED, in_batch(1, opening(index=lambda _: 0))),
    ]),
    *lines("batch.opening.hashes", [
        ("one bit", "data-root", in_batch(0, opening(hashes=lambda h: (h[0] ^ 1, h[1])))),
        ("swapped", "data-root", in_batch(0, opening(hashes=swapped))),
        ("one twice", "data-root", in_batch(0, opening(hashes=lambda h: (h[0], h[0])))),
        ("plus the field order", MALFORMED, in_batch(0, opening(hashes=lambda h: (h[0] + FIELD, h[1])))),
        ("one missing", "data-root",
         in_batch(0, opening(hashes=lambda h: h[:1], payload_roots=lambda p: p[:1]))),
        ("one more", "data-root",
         in_batch(0, opening(hashes=lambda h: (*h, 0), payload_roots=lambda p: (*p, bytes(32))))),
        ("none", "data-root", in_batch(0, opening(hashes=lambda _: (), payload_roots=lambda _: ()))),
    ]),
    *lines("batch.opening.payload_roots", [
        ("one bit", "data-root", in_batch(0, opening(payload_roots=lambda p: (flip(p[0]), p[1])))),
        ("swapped", "data-root", in_batch(0, opening(payload_roots=swapped))),
    ]),
    *lines("batch.opening.path", [
        ("one bit", "data-root", in_batch(0, opening(path=lambda p: (flip(p[0]), *p[1:])))),
        ("swapped", "data-root", in_batch(0, opening(path=swapped))),
        ("short", "data-root", in_batch(0, opening(path=lambda p: p[:-1]))),
        ("long", "data-root", in_batch(0, opening(path=lambda p: (*p, bytes(32))))),
        ("empty", "data-root", in_batch(0, opening(path=lambda _: ()))),
    ]),
    *lines("batch.tag_hash", [
        ("one more", "proof", in_batch(0, batch(tag_hash=lambda v: v + 1))),
        ("zero", "proof", in_batch(1, batch(tag_hash=lambda _: 0))),
        ("plus the field order", MALFORMED, in_batch(0, batch(tag_hash=lambda v: v + FIELD))),
    ]),
    *lines("batch.count", [
        ("one more", "receipt", in_batch(1, batch(count=lambda v: v + 1))),
        ("one less", "total", in_batch(1, batch(count=lambda v: v - 1))),
        ("above the batch", "count-range", in_batch(0, batch(count=lambda _: 3))),
        ("more than there are examples", MALFORMED, in_batch(0, batch(count=lambda _: (1 << 32) - 1))),
    ]),
    *lines("batch.proof", [
        ("first byte", "model-commitment", in_batch(0, batch(proof=lambda p: flip(p, 0)))),
        ("last byte of the commitment", "model-commitment", in_batch(0, batch(proof=lambda p: flip(p, 63)))),
        ("byte after the commitment", "proof", in_batch(0, batch(proof=lambda p: flip(p, 64)))),
        ("middle byte", "proof", in_batch(1, batch(proof=lambda p: flip(p, len(p) // 2)))),
        ("last byte", "proof", in_batch(2, batch(proof=lambda p: flip(p, -1)))),
        ("appended byte", "proof-length", in_batch(0, batch(proof=lambda p: p + b"\0"))),
        ("appended word", "proof-length", in_batch(2, batch(proof=lambda p: p + bytes(32)))),
        ("cut", "proof-length", in_batch(0, batch(proof=lambda p: p[:-32]))),
        ("empty", "proof-length", in_batch(0, batch(proof=lambda _: b""))),
        ("zeros behind the commitment", "proof", in_batch(0, batch(proof=lambda p: p[:64] + bytes(len(p) - 64)))),
        ("ones behind the commitment", "proof", in_batch(0, batch(proof=lambda p: p[:64] + b"\xff" * (len(p) - 64)))),
    ]),
]  # fmt: skip

BUNDLE = lines("bundle", [
    ("magic", MALFORMED, lambda raw: flip(raw, 0)),
    ("version", MALFORMED, lambda raw: flip(raw, 9)),
    ("one section fewer announced", MALFORMED, lambda raw: flip(raw[:11] + bytes([raw[11] - 1]) + raw[12:], 13)),
    ("one section more announced", MALFORMED, lambda raw: raw[:11] + bytes([raw[11] + 1]) + raw[12:]),
    ("section name", MALFORMED, lambda raw: flip(raw, 12)),
    ("section length", MALFORMED, lambda raw: flip(raw, 23)),
    ("section length of 2^63", MALFORMED, lambda raw: raw[:16] + b"\x80" + raw[17:]),
    ("trailing byte", MALFORMED, lambda raw: raw + b"\0"),
    ("cut", MALFORMED, lambda raw: raw[:-1]),
    ("empty", MALFORMED, lambda _: b""),
    ("sections swapped", MALFORMED, in_sections(lambda s: [s[1], s[0], *s[2:]])),
    ("section twice", MALFORMED, in_sections(lambda s: [s[0], *s])),
    ("statement missing", MALFORMED, in_sections(lambda s: s[1:])),
    ("unknown section", MALFORMED, in_sections(lambda s: [*s, (b"MORE", b"")])),
]) + lines("bundle.batches", [
    ("none", MALFORMED, in_sections(lambda s: s[:3])),
    ("first missing", "total", in_sections(lambda s: [*s[:3], *s[4:]])),
    ("first twice", MALFORMED, in_sections(lambda s: [*s[:4], s[3], *s[4:]])),
    ("permuted", MALFORMED, in_sections(lambda s: [*s[:3], s[4], s[3], s[5]])),
    ("payloads permuted under their indices", "data-root", in_sections(lambda s: _exchange(s, "opening"))),
    ("proofs permuted", "proof", in_sections(lambda s: _exchange(s, "proof"))),
    ("byte after a batch", MALFORMED, in_sections(lambda s: [*s[:3], (s[3][0], s[3][1] + b"\0"), *s[4:]])),
])  # fmt: skip


def _exchange(sections: Sections, field: str) -> Sections:
    """Batches 0 and 1 with one field of each given to the other, indices kept."""
    first, second = parse_batch(sections[3][1]), parse_batch(sections[4][1])
    if field == "opening":
        one = replace(second, opening=replace(second.opening, index=0))
        two = replace(first, opening=replace(first.opening, index=1))
    else:
        one, two = replace(first, proof=second.proof), replace(second, proof=first.proof)
    return [*sections[:3], (b"BTCH", pack_batch(one)), (b"BTCH", pack_batch(two)), *sections[5:]]


TAMPERS = [*STATEMENT, *CIRCUIT, *RECEIPT, *BATCH, *BUNDLE]
