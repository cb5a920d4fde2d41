"""Every message of a hidden proof, changed: refused, and the first equation that is false is the message's own."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from committed_cheats import FAST, Cheat, Message, messages_of
from committed_kit import Case, checked, every_head, least
from committed_manifest import HIDDEN, MANIFEST, OTHERS, TOP, P, check_of, line_of, plus_one
from hidden_cheats import KNOWN, Known, refusal_of

from proofs.errors import MalformedProof, RejectedProof
from proofs.sumcheck.committed.instance import Correct, Instance

HEADS = ("outputs", "top 1", "of class", "reaching")
OWN = ("chosen", "margins", "distances", "examples", "outputs")
CHANGES = (plus_one, *OTHERS)
INVERSE = {4, 5}
"""Places of z and 1 / z among the roots."""


@dataclass(frozen=True)
class Subject:
    """An accepted proof of a network of one layer, and what its prover knows."""

    case: Case
    instance: Instance
    proof: bytes
    messages: list[Message]
    known: Known

    @property
    def accuracy(self) -> bool:
        return isinstance(self.instance.head, Correct)

    def named(self, label: str) -> Message:
        return next(message for message in self.messages if message.request.label == label)

    def refused(self, changed: bytes, check: str) -> None:
        """By the opening, the first false equation being ``check``'s."""
        assert changed != self.proof
        refusal, false = refusal_of(self.instance, changed, self.known)
        if check.startswith("opening-"):
            assert (refusal, false) == (check, [])
        else:
            assert (refusal, false[:1]) == ("opening-value", [check])

    def changed(self, start: int, coordinate: int, number: int) -> bytes:
        raw = bytearray(self.proof)
        CHANGES[number % len(CHANGES)](raw, start, coordinate)
        if raw == self.proof:  # the element is zero
            plus_one(raw, start, coordinate)
        return bytes(raw)


@pytest.fixture(scope="module")
def subjects() -> dict[str, Subject]:
    case = least(FAST).hidden()
    found = {}
    for name in HEADS:
        instance = case.instance(every_head(case)[name])
        proof = Cheat().prove(case, instance)
        found[name] = Subject(case, instance, proof, messages_of(case, instance, proof), KNOWN[proof])
    return found


def test_every_message_has_a_line(subjects: dict[str, Subject]) -> None:
    used = set()
    for subject in subjects.values():
        for message in subject.messages:
            line = line_of(message.request.label, subject.accuracy, hiding=True)
            used.add(line)
            assert bool(line.check) == bool(message.request.elements + message.request.raw_bytes), message
    assert used == {*MANIFEST, *HIDDEN, *TOP}
    with pytest.raises(KeyError, match="no line in the tamper manifest"):
        line_of("batch/value", hiding=True)
    for label in ("opening/mask", "products", "look-ups 0/balance"):
        with pytest.raises(KeyError, match="no line in the tamper manifest"):
            line_of(label)


@pytest.mark.parametrize("name", HEADS)
def test_one_element_of_every_message(subjects: dict[str, Subject], name: str) -> None:
    """Which of them, which coordinate and which change, in turn; of further claims only of their own messages."""
    subject = subjects[name]
    for number, message in enumerate(subject.messages):
        label, elements = message.request.label, message.request.elements
        if not elements or not (name == "outputs" or label.startswith(OWN)):
            continue
        element = number % elements
        changed = subject.changed(message.start + 16 * element, number // 4 % 4, number)
        check = check_of(label, subject.accuracy, hiding=True)
        subject.refused(changed, "lookup-denominator" if "balance" in label and element in INVERSE else check)


@pytest.mark.parametrize("label", ["look-ups 0/balance", "products/end", "products/0/1", "batch/3", "opening/mask"])
def test_every_element_of_messages_that_only_hidden_proofs_have(subjects: dict[str, Subject], label: str) -> None:
    subject = subjects["outputs"]
    message = subject.named(label)
    for element in range(message.request.elements):
        changed = subject.changed(message.start + 16 * element, element % 4, element)
        check = "lookup-denominator" if "balance" in label and element in INVERSE else check_of(label, hiding=True)
        subject.refused(changed, check)
    if message.request.elements > 1:
        start, raw = message.start, bytearray(subject.proof)
        raw[start : start + 32] = raw[start + 16 : start + 32] + raw[start : start + 16]
        if label == "products/end":  # the product is the same, each of them is not
            assert refusal_of(subject.instance, bytes(raw), subject.known) == (
                "opening-value",
                ["products", "products"],
            )
        else:
            subject.refused(bytes(raw), check_of(label, hiding=True))


def test_raw_messages(subjects: dict[str, Subject]) -> None:
    """The witness's root, the rows' combination with the tails' behind it, the columns."""
    subject = subjects["outputs"]
    for label in ("witness", "opening/combination", "opening/columns"):
        message = subject.named(label)
        length = message.request.raw_bytes
        for at in {0, 1, length // 3, length // 2, 2 * length // 3, length - 2, length - 4}:
            raw = bytearray(subject.proof)
            raw[message.start + at] ^= 1
            if label == "opening/combination":  # some entries of rows have no weight in the value: columns show them
                with pytest.raises((RejectedProof, MalformedProof)):
                    checked(subject.case, subject.instance, bytes(raw))
            else:
                subject.refused(bytes(raw), check_of(label, hiding=True))
    message = subject.named("opening/combination")
    for at in range(message.start, message.stop, 400):
        raw = bytearray(subject.proof)
        raw[at : at + 4] = (int.from_bytes(raw[at : at + 4], "little") + P).to_bytes(4, "little")
        with pytest.raises(MalformedProof, match="not below the prime"):
            checked(subject.case, subject.instance, bytes(raw))


def test_lengths_and_second_spellings(subjects: dict[str, Subject]) -> None:
    subject = subjects["outputs"]
    for message in subject.messages:
        if message.stop == message.start:
            continue
        with pytest.raises(MalformedProof, match=f"inside message '{message.request.label}'"):
            checked(subject.case, subject.instance, subject.proof[: message.stop - 1])
        if message.request.elements:
            raw = bytearray(subject.proof)
            raw[message.start : message.start + 4] = P.to_bytes(4, "little")
            with pytest.raises(MalformedProof, match="not below the prime"):
                checked(subject.case, subject.instance, bytes(raw))
    for added in (b"\0", bytes(16), subject.proof):
        with pytest.raises(MalformedProof, match=f"{len(added)} bytes after its last message"):
            checked(subject.case, subject.instance, subject.proof + added)
    for message in subject.messages[::9]:
        if message.stop > message.start:
            for raw in (
                subject.proof[: message.start] + subject.proof[message.stop :],
                subject.proof[: message.stop] + subject.proof[message.start :],
            ):
                with pytest.raises((MalformedProof, RejectedProof)):
                    checked(subject.case, subject.instance, raw)


def test_hostile_bytes_raise_the_project_s_errors_only(subjects: dict[str, Subject]) -> None:
    subject = subjects["top 1"]
    for seed in range(10):
        size = seed * len(subject.proof) // 10
        noise = bytes((seed * k * k + 7 * k) % 256 for k in range(len(subject.proof) - size))
        with pytest.raises((MalformedProof, RejectedProof)):
            checked(subject.case, subject.instance, subject.proof[:size] + noise)
    for fill in (b"\0", b"\xff", b"\1\0\0\0"):
        with pytest.raises((MalformedProof, RejectedProof)):
            checked(subject.case, subject.instance, (fill * len(subject.proof))[: len(subject.proof)])
