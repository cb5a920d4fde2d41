"""The appendix: every digest in full, and how to check all of it again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from assay.report.blocks import Block, Code, Commands, Facts, Part, Section, Table, Text, Value
from assay.report.exchange import Exchange
from assay.report.verdicts import Examined
from assay.report.words import hexed, is_digest

AGAIN = (
    "Put the files named above into one folder, compare their sha-256, and run the commands there with the same "
    "release of assay. Take commitments from a place you trust, not from whoever gave you this page: "
    "anybody can write a page."
)


def appendix(proofs: Sequence[Examined], exchange: Exchange | None, version: str) -> Section:
    """Digests of all that went into the page, and the commands."""
    parts = [_proof_part(found, place, len(proofs)) for place, found in enumerate(proofs, 1)]
    if exchange is not None:
        parts += _exchange_parts(exchange)
    parts.append(Part("How to check again", (Text(AGAIN), Commands(tuple(_commands(proofs, exchange))))))
    return Section("appendix", "Appendix", (Facts((("Written by", f"assay {version}"),)),), tuple(parts))


def _proof_part(found: Examined, place: int, total: int) -> Part:
    title = "Files and digests" if total == 1 else f"Files and digests of proof {place}"
    files = tuple((named.role, named.name, Code(named.sha256)) for named in found.files)
    blocks: list[Block] = [Table("Files", ("Role", "Name", "sha-256"), files)]
    if found.bundle is not None:
        word = "Statement" if found.accepted else "Statement as claimed, NOT proven"
        blocks.append(_fields(word, found.bundle.statement.to_json()))
    return Part(title, tuple(blocks))


def _fields(caption: str, values: dict[str, Any]) -> Table:
    return Table(caption, ("Field", "Value"), tuple((name, _value(value)) for name, value in values.items()))


def _value(value: object) -> Value:
    if isinstance(value, bytes):
        return Code(hexed(value))
    text = str(value)
    return Code(text) if is_digest(text) else text


def _exchange_parts(found: Exchange) -> list[Part]:
    terms = {field.name: getattr(found.reading.terms, field.name) for field in fields(found.reading.terms)}
    status = {field.name: getattr(found.reading.status, field.name) for field in fields(found.reading.status)}
    record = {**status, "state": f"{status['state'].name} ({status['state'].value})"}
    sent = tuple(
        (str(number), str(item.block), Code(hexed(item.transaction)), Code(item.sender))
        for number, item in enumerate(found.reading.history.transactions, 1)
    )
    place: tuple[tuple[str, Value], ...] = (
        ("Chain", str(found.chain_id)),
        ("Escrow", Code(found.escrow)),
        ("Job", Code(hexed(found.job_id))),
        ("Last block read", f"{found.as_of.number}"),
        ("Its hash", Code(hexed(found.as_of.digest))),
        ("First block read", str(found.since)),
    )
    return [
        Part("Job and block", (Facts(place),)),
        Part("Terms in full", (_fields("Terms", terms),)),
        Part("The contract's record", (_fields("Record", record),)),
        Part("Transaction hashes", (Table("Hashes", ("No.", "Block", "Transaction", "Sender"), sent),)),
    ]


def _commands(proofs: Sequence[Examined], exchange: Exchange | None) -> list[str]:
    lines = []
    for found in proofs:
        proof, *rest = found.files
        words = [word for named in rest for word in (named.role, named.name)]
        lines += [
            shlex.join(["sha256sum", "--", *(named.name for named in found.files)]),
            shlex.join(["assay", "verify", proof.name, *words]),
            shlex.join(["assay", "explain", proof.name]),
        ]
    if exchange is not None:
        where = ["--rpc", "RPC_URL", "--escrow", exchange.escrow, "--job", hexed(exchange.job_id)]
        blocks = ["--since-block", str(exchange.since), "--block", str(exchange.as_of.number)]
        lines.append(shlex.join(["assay", "report", *where, *blocks, "-o", "report.html"]))
    return list(dict.fromkeys(lines))
