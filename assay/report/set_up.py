"""Who made a reference string, said as loudly as it deserves."""

from __future__ import annotations

from assay.reference_string import NONE, UNKNOWN
from assay.report.blocks import BAD, NOTE, WARN, Notice
from proofs.halo2 import srs


def origin_of_digest(digest: bytes) -> str:
    """Origin of the string with this sha-256 (32 bytes), as far as this machine knows it."""
    known = {string.digest: string.origin for string in srs.listing()}
    return known.get(digest, UNKNOWN)


def origin_notice(origin: str) -> Notice:
    """Who made the reference string, as loudly as it deserves."""
    if origin == srs.INSECURE:
        return Notice(
            BAD,
            "INSECURE reference string, made locally",
            "It was made on one machine, for tests. Whoever made it can forge this proof and every other one made with "
            "it. No money and no judgement should rest on this proof.",
        )
    if origin == srs.CEREMONY:
        return Notice(
            NOTE,
            "Reference string from a ceremony's file",
            "Sound unless all contributors to the ceremony colluded. That the file is the ceremony's rests on whoever "
            "imported it here under its sha-256.",
        )
    if origin == NONE:
        return Notice(NOTE, "No reference string", "This proof needs no trusted set-up.")
    return Notice(WARN, "Unknown reference string", "It is not on this machine. Whoever made it alone could forge.")
