"""Every message of a proof of equality changed on its way, and challenges that hang on every byte before them."""

from __future__ import annotations

from functools import cache

import pytest
from renewal_kit import BLOCK, FAST, LOG_COLUMNS, ROWS, Case, drawn, equal_case, refused

from proofs.errors import MalformedProof, RejectedProof
from proofs.sumcheck.exchange import Received
from proofs.sumcheck.renewal.verifier import equality_verifier, verify_equal

ROOT, ELEMENT, COMBINATION = 32, 16, ((1 << LOG_COLUMNS) + BLOCK) * 16
STARTS = {"mask": 0, "value": ROOT, "combination": ROOT + ELEMENT, "columns": ROOT + ELEMENT + COMBINATION}


@cache
def honest() -> tuple[Case, bytes]:
    case = equal_case()
    return case, case.proof()


def flipped(proof: bytes, place: int) -> bytes:
    return proof[:place] + bytes([proof[place] ^ 1]) + proof[place + 1 :]


@pytest.mark.parametrize("place", [*STARTS.values(), STARTS["columns"] - 4, STARTS["columns"] + 16, -1])
def test_one_bit_of_every_message(place: int) -> None:
    """A changed message changes what is asked, too: other columns, so that even the length may be another."""
    case, proof = honest()
    with pytest.raises((RejectedProof, MalformedProof)):
        verify_equal(FAST, case.pair, flipped(proof, place % len(proof)))


MESSAGES = [
    ("mask", 0, "opening-root"),
    ("value", 0, "opening-value"),
    ("combination", 0, "opening-value"),
    ("combination", ELEMENT << LOG_COLUMNS, "opening-columns"),
    ("columns", 0, "opening-root"),
    ("columns", 16, "opening-root"),
    ("columns", 16 + 4 * ROWS, "opening-root"),
    ("columns", -1, "opening-root"),
]


@pytest.mark.parametrize(("label", "place", "check"), MESSAGES)
def test_one_bit_of_every_message_and_the_challenges_as_they_were(label: str, place: int, check: str) -> None:
    """By which check each is refused, apart from the hash."""
    case, challenges = equal_case(), drawn(4)
    prover, verifier = case.prover(), equality_verifier(FAST, case.pair)
    said, wanted = next(prover), next(verifier)
    with pytest.raises(RejectedProof) as error:
        while True:
            elements, raw = said.elements, said.raw
            if said.label == label and elements:
                elements = ((elements[0][0] ^ 1, *elements[0][1:]),)
            elif said.label == label:
                raw = flipped(raw, place % len(raw))
            answer = tuple(challenges(wanted.label, wanted.challenges))
            wanted = verifier.send(Received(elements, answer, raw))
            said = prover.send(answer)
    assert error.value.check == check


def test_lengths() -> None:
    case, proof = honest()
    for wrong in (b"", proof[:-1], proof + b"\0", proof[:31], proof[: STARTS["columns"]]):
        refused(case, wrong, "malformed")


@pytest.mark.parametrize("label", ["value", "combination"])
def test_entries_have_one_spelling(label: str) -> None:
    """Zero and the prime are the same element, but not the same bytes."""
    case, proof = honest()
    start = STARTS[label]
    refused(case, proof[:start] + (2**31 - 1).to_bytes(4, "little") + proof[start + 4 :], "malformed")
