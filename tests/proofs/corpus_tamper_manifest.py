"""Every public field of a corpus and its deliveries x mutations x the check that must catch it.

``TAMPERS`` is data: a new field without a line here fails ``test_corpus_tamper.py``. Expected is the name of a check
of RejectedProof, MALFORMED, or ROOT: another corpus root than the one agreed on. The honest case is the corpus and
the delivery of documents 1, 3 and 5 in ``helpers.dishonest_corpus``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from proofs.canonical import canonical_bytes, parse_canonical
from proofs.commitment import corpus_commitment, delivery
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.delivery import Delivery, Parcel
from proofs.commitment.test_set import BatchOpening
from proofs.container import pack, unpack
from proofs.poseidon.constants import FIELD

MALFORMED, ROOT = "malformed", "root"


@dataclass(frozen=True)
class Case:
    """What one party has been sent."""

    commitment: bytes
    opening: BatchOpening
    delivery: bytes


@dataclass(frozen=True)
class Tamper:
    """One mutation of an honest case."""

    field: str
    mutation: str
    expected: str
    apply: Callable[[Case], Case]

    @property
    def id(self) -> str:
        return f"{self.field}: {self.mutation}"


def flip(raw: bytes, place: int = 0) -> bytes:
    place %= len(raw)
    return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


def swapped(pair: tuple[Any, ...]) -> tuple[Any, ...]:
    return (pair[1], pair[0], *pair[2:])


def head(*path: str) -> Callable[[Callable[[Any], Any]], Callable[[Case], Case]]:
    """Change one place of the commitment's JSON."""

    def with_change(change: Callable[[Any], Any]) -> Callable[[Case], Case]:
        def apply(case: Case) -> Case:
            magic, version = corpus_commitment.MAGIC, corpus_commitment.VERSION
            ((name, raw),) = unpack(case.commitment, magic, version, "commitment")
            value = parse_canonical(raw, "head")
            target = value
            for key in path[:-1]:
                target = target[key]
            target[path[-1]] = change(target.get(path[-1]))
            return replace(case, commitment=pack(magic, version, [(name, canonical_bytes(value))]))

        return apply

    return with_change


def opening(**changes: Any) -> Callable[[Case], Case]:
    return lambda case: replace(case, opening=_changed(case.opening, changes))


def parcel(place: int, **changes: Any) -> Callable[[Case], Case]:
    """Change fields of one delivered document; values are functions of the old value."""

    def change(parcels: tuple[Parcel, ...]) -> tuple[Parcel, ...]:
        return (*parcels[:place], _changed(parcels[place], changes), *parcels[place + 1 :])

    return parcels_as(change)


def parcels_as(change: Callable[[tuple[Parcel, ...]], tuple[Parcel, ...]]) -> Callable[[Case], Case]:
    return lambda case: replace(case, delivery=Delivery(change(Delivery.from_bytes(case.delivery).parcels)).to_bytes())


def sent(change: Callable[[bytes], bytes]) -> Callable[[Case], Case]:
    return lambda case: replace(case, delivery=change(case.delivery))


def _changed(record: Any, changes: dict[str, Any]) -> Any:
    return replace(record, **{name: change(getattr(record, name)) for name, change in changes.items()})


def lines(field: str, *table: tuple[str, str, Callable[[Case], Case]]) -> list[Tamper]:
    return [Tamper(field, mutation, expected, apply) for mutation, expected, apply in table]


def json_lines(field: str, *table: tuple[str, str, Callable[[Any], Any]]) -> list[Tamper]:
    place = head(*field.split(".")[1:])
    return [Tamper(field, mutation, expected, place(change)) for mutation, expected, change in table]


COMMITMENT = [
    *json_lines("commitment.format", ("null", MALFORMED, lambda _: None)),
    *json_lines("commitment.format.shape", ("flat", ROOT, lambda _: [36]), ("empty", MALFORMED, lambda _: []),
                ("other", ROOT, lambda _: [6, 7])),
    *json_lines("commitment.format.dtype", ("int16", ROOT, lambda _: "int16"), ("fixed", MALFORMED, lambda _: "fixed")),
    *json_lines("commitment.format.unit_bits", ("less", ROOT, lambda v: v - 1), ("more", MALFORMED, lambda v: v + 3)),
    *json_lines("commitment.format.scale_bits", ("more", ROOT, lambda v: v + 1), ("zero", MALFORMED, lambda _: 0)),
    *json_lines("commitment.format.batch", ("half", ROOT, lambda v: v // 2), ("odd", MALFORMED, lambda _: 3)),
    *json_lines("commitment.format.salt_limbs", ("more", ROOT, lambda v: v + 1), ("none", MALFORMED, lambda _: 0)),
    *json_lines("commitment.format.extra", ("unknown field", MALFORMED, lambda _: 1)),
    *json_lines("commitment.total", ("one more", ROOT, lambda v: v + 1), ("one less", ROOT, lambda v: v - 1),
                ("zero", MALFORMED, lambda _: 0), ("boolean", MALFORMED, lambda _: True),
                ("huge", MALFORMED, lambda _: 1 << 40)),
    *json_lines("commitment.tree_root", ("one bit", ROOT, lambda v: v[:-1] + ("0" if v[-1] != "0" else "1")),
                ("short", MALFORMED, lambda v: v[:-2]), ("upper case", MALFORMED, lambda _: "0x" + "AB" * 32)),
    *json_lines("commitment.recipe", ("null", MALFORMED, lambda _: None)),
    *json_lines("commitment.recipe.kind", ("unknown", MALFORMED, lambda _: "video"), ("number", MALFORMED, lambda _: 1),
                ("csv without columns", MALFORMED, lambda _: "csv")),
    *json_lines("commitment.recipe.columns", ("for an array", MALFORMED, lambda _: [1]),
                ("negative", MALFORMED, lambda _: [-1]), ("text", MALFORMED, lambda _: "1")),
    *json_lines("commitment.recipe.shape", ("zero", MALFORMED, lambda _: [0]), ("nine", MALFORMED, lambda _: [1] * 9),
                ("null", MALFORMED, lambda _: None)),
    *json_lines("commitment.extra", ("unknown field", MALFORMED, lambda _: 1)),
    *lines("commitment", ("cut", MALFORMED, lambda c: replace(c, commitment=c.commitment[:-1])),
           ("trailing byte", MALFORMED, lambda c: replace(c, commitment=c.commitment + b"\0")),
           ("magic", MALFORMED, lambda c: replace(c, commitment=flip(c.commitment))),
           ("version", MALFORMED, lambda c: replace(c, commitment=flip(c.commitment, 9))),
           ("a delivery", MALFORMED, lambda c: replace(c, commitment=c.delivery))),
]  # fmt: skip

OPENING = [
    *lines("opening.index", ("beyond", "batch-range", opening(index=lambda _: 2)),
           ("negative", "batch-range", opening(index=lambda _: -1)),
           ("of the other batch", "data-root", opening(index=lambda _: 1))),
    *lines("opening.hashes", ("one more", "data-root", opening(hashes=lambda h: (h[0] + 1, *h[1:]))),
           ("swapped", "data-root", opening(hashes=swapped)),
           ("plus the field order", "data-root", opening(hashes=lambda h: (h[0] + FIELD, *h[1:]))),
           ("negative", "data-root", opening(hashes=lambda h: (h[0] - FIELD, *h[1:]))),
           ("one missing", "data-root", opening(hashes=lambda h: h[:-1])),
           ("one too many", "data-root", opening(hashes=lambda h: (*h, 0))),
           ("none", "data-root", opening(hashes=lambda _: ()))),
    *lines("opening.payload_roots", ("one bit", "data-root", opening(payload_roots=lambda p: (flip(p[0]), *p[1:]))),
           ("swapped", "data-root", opening(payload_roots=swapped)),
           ("short", "data-root", opening(payload_roots=lambda p: (p[0][:-1], *p[1:]))),
           ("boundary moved", "data-root", opening(payload_roots=lambda p: (p[0] + p[1][:1], p[1][1:], *p[2:]))),
           ("one missing", "data-root", opening(payload_roots=lambda p: p[:-1]))),
    *lines("opening.path", ("one bit", "data-root", opening(path=lambda p: (flip(p[0]), *p[1:]))),
           ("empty", "data-root", opening(path=lambda _: ())),
           ("long", "data-root", opening(path=lambda p: (*p, p[0]))),
           ("sibling of 31 bytes", "data-root", opening(path=lambda p: (p[0][:-1], *p[1:])))),
]  # fmt: skip

PARCEL = [
    *lines("parcel.index", ("next", "delivery-documents", parcel(1, index=lambda v: v + 1)),
           ("blank document", "delivery-documents", parcel(2, index=lambda _: 6)),
           ("largest", "delivery-documents", parcel(2, index=lambda _: (1 << 32) - 1))),
    *lines("parcel.hash", ("one more", "corpus-root", parcel(0, hash=lambda v: v + 1)),
           ("plus the field order", MALFORMED, parcel(0, hash=lambda v: v + FIELD))),
    *lines("parcel.payload_bytes", ("one more", "corpus-root", parcel(2, payload_bytes=lambda v: v + 1)),
           ("one less", "corpus-root", parcel(2, payload_bytes=lambda v: v - 1)),
           ("none", "document-shape", parcel(2, payload_bytes=lambda _: 0)),
           ("another chunk", "document-shape", parcel(2, payload_bytes=lambda _: 1009)),
           ("huge", "document-shape", parcel(2, payload_bytes=lambda _: (1 << 64) - 1))),
    *lines("parcel.view_steps", ("one less", "document-shape", parcel(0, view_steps=lambda v: v - 1)),
           ("one more, one payload chunk less", "document-shape",
            parcel(0, view_steps=lambda v: v + 1, payload_chunks=lambda v: v - 1)),
           ("none", "document-shape", parcel(0, view_steps=lambda _: 0))),
    *lines("parcel.payload_chunks", ("one more", "document-shape", parcel(0, payload_chunks=lambda v: v + 1)),
           ("none", "document-shape", parcel(0, payload_chunks=lambda _: 0)),
           ("largest", "document-shape", parcel(0, payload_chunks=lambda _: (1 << 32) - 1))),
    *lines("parcel.digests", ("one bit", "corpus-root", parcel(1, digests=lambda d: (flip(d[0]), *d[1:]))),
           ("last", "corpus-root", parcel(1, digests=lambda d: (*d[:-1], flip(d[-1])))),
           ("swapped", "corpus-root", parcel(1, digests=swapped)),
           ("one missing", "document-shape", parcel(1, digests=lambda d: d[:-1], ciphertexts=lambda c: c[:-1])),
           ("one more", "document-shape", parcel(1, digests=lambda d: (*d, d[0]), ciphertexts=lambda c: (*c, c[0]))),
           ("none", MALFORMED, parcel(1, digests=lambda _: (), ciphertexts=lambda _: ()))),
    *lines("parcel.path", ("one bit", "corpus-root", parcel(0, path=lambda p: (flip(p[0]), *p[1:]))),
           ("swapped", "corpus-root", parcel(0, path=swapped)),
           ("short", "corpus-root", parcel(0, path=lambda p: p[:-1])),
           ("long", "corpus-root", parcel(0, path=lambda p: (*p, p[0]))),
           ("empty", "corpus-root", parcel(0, path=lambda _: ()))),
    *lines("parcel.ciphertexts", ("one bit", "ciphertext-root", parcel(0, ciphertexts=lambda c: (flip(c[0]), *c[1:]))),
           ("swapped, of one length", "ciphertext-root",
            parcel(1, ciphertexts=lambda c: (bytes(len(c[0])), *c[1:]))),
           ("swapped", "ciphertext-length", parcel(1, ciphertexts=swapped)),
           ("byte less", "ciphertext-length", parcel(2, ciphertexts=lambda c: (*c[:-1], c[-1][:-1]))),
           ("byte more", "ciphertext-length", parcel(2, ciphertexts=lambda c: (*c[:-1], c[-1] + b"\0"))),
           ("empty", "ciphertext-length", parcel(0, ciphertexts=lambda c: (b"", *c[1:])))),
]  # fmt: skip

DELIVERY = lines(
    "delivery.parcels",
    ("first missing", "delivery-documents", parcels_as(lambda p: p[1:])),
    ("last missing", "delivery-documents", parcels_as(lambda p: p[:-1])),
    ("swapped", "delivery-documents", parcels_as(swapped)),
    ("one twice", "delivery-documents", parcels_as(lambda p: (*p, p[-1]))),
    ("none", MALFORMED, parcels_as(lambda _: ())),
) + lines(
    "delivery",
    ("magic", MALFORMED, sent(flip)),
    ("version", MALFORMED, sent(lambda raw: flip(raw, 9))),
    ("section name", MALFORMED, sent(lambda raw: flip(raw, 12))),
    ("more documents announced", MALFORMED, sent(lambda raw: flip(raw, 24 + 1))),
    ("cut", MALFORMED, sent(lambda raw: raw[:-1])),
    ("trailing byte", MALFORMED, sent(lambda raw: raw + b"\0")),
    ("empty", MALFORMED, sent(lambda _: b"")),
    (
        "byte after the last document",
        MALFORMED,
        sent(lambda raw: pack(delivery.MAGIC, delivery.VERSION, [(b"DOCS", raw[24:] + b"\0")])),
    ),
    ("second section", MALFORMED, sent(lambda raw: pack(delivery.MAGIC, 1, [(b"DOCS", raw[24:]), (b"MORE", b"")]))),
    ("a commitment", MALFORMED, lambda case: replace(case, delivery=case.commitment)),
)

TAMPERS = [*COMMITMENT, *OPENING, *PARCEL, *DELIVERY]
RECORDS = {"commitment": CorpusCommitment, "opening": BatchOpening, "parcel": Parcel, "delivery": Delivery}
