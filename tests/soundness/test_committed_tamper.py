"""Every message of a committed proof, changed in every way: refused by the check it belongs to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from committed_cheats import FAST, Message, messages_of
from committed_kit import Case, checked, every_head, every_kind, proven
from committed_manifest import MANIFEST, OPEN, OTHERS, TOP, P, check_of, line_of, plus_one

from proofs.errors import MalformedProof, RejectedProof
from proofs.sumcheck.committed.instance import Correct, Instance

HEADS = ("outputs", "top 1", "top k", "of class", "reaching")
OWN = ("chosen", "margins", "distances", "examples", "outputs")
Subject = tuple[Case, Instance, bytes, list[Message]]


@pytest.fixture(scope="module")
def subjects() -> dict[str, Subject]:
    case = every_kind(FAST, 3)
    found = {}
    for name, head in every_head(case).items():
        instance = case.instance(head)
        proof = proven(case, instance)
        found[name] = case, instance, proof, messages_of(case, instance, proof)
    return found


def spans(name: str, subject: Subject) -> Iterator[tuple[Message, int]]:
    """Where each element lies; of further claims only of their own messages."""
    for message in subject[3]:
        if name == "outputs" or message.request.label.startswith(OWN):
            for k in range(message.request.elements):
                yield message, message.start + 16 * k


def refused(subject: Subject, changed: bytes, message: Message) -> None:
    case, instance, proof, _ = subject
    assert changed != proof
    with pytest.raises(RejectedProof) as refusal:
        checked(case, instance, changed)
    assert refusal.value.check == check_of(message.request.label, isinstance(instance.head, Correct))


def test_every_message_has_a_line(subjects: dict[str, Subject]) -> None:
    used = set()
    for name, (_, instance, _, messages) in subjects.items():
        for message in messages:
            line = line_of(message.request.label, isinstance(instance.head, Correct))
            used.add(line)
            assert bool(line.check) == bool(message.request.elements + message.request.raw_bytes), (name, message)
    assert used == {*MANIFEST, *OPEN, *TOP}
    with pytest.raises(KeyError, match="no line in the tamper manifest"):
        line_of("look-ups 0/sites/0/extra")


@pytest.mark.parametrize("name", HEADS)
def test_one_added_to_every_element(subjects: dict[str, Subject], name: str) -> None:
    subject = subjects[name]
    for number, (message, start) in enumerate(spans(name, subject)):
        raw = bytearray(subject[2])
        plus_one(raw, start, number % 4)
        refused(subject, bytes(raw), message)


@pytest.mark.parametrize("name", HEADS)
def test_other_changes(subjects: dict[str, Subject], name: str) -> None:
    subject = subjects[name]
    for number, (message, start) in enumerate(spans(name, subject)):
        if number % 4 and name == "outputs":
            continue
        raw = bytearray(subject[2])
        OTHERS[number // 4 % 3](raw, start, number % 4)
        if raw == subject[2]:  # the element is zero
            plus_one(raw, start, 3)
        refused(subject, bytes(raw), message)


@pytest.mark.parametrize("name", HEADS)
def test_elements_that_change_places(subjects: dict[str, Subject], name: str) -> None:
    subject = subjects[name]
    for message in subject[3][:: 3 if name == "outputs" else 1]:
        label = message.request.label
        if message.request.elements < 2 or not (name == "outputs" or label.startswith(OWN)):
            continue
        if label.endswith("/end"):  # two factors: see test_committed_said.py
            continue
        start, raw = message.start, bytearray(subject[2])
        raw[start : start + 32] = raw[start + 16 : start + 32] + raw[start : start + 16]
        if raw != subject[2]:
            refused(subject, bytes(raw), message)


@pytest.mark.parametrize("name", HEADS)
def test_second_spellings(subjects: dict[str, Subject], name: str) -> None:
    subject = subjects[name]
    for number, (_, start) in enumerate(spans(name, subject)):
        if number % 8 and name == "outputs":
            continue
        place = slice(start + 4 * (number // 8 % 4), start + 4 * (number // 8 % 4) + 4)
        raw = bytearray(subject[2])
        value = int.from_bytes(raw[place], "little")
        raw[place] = (value + P if number // 32 % 2 else P).to_bytes(4, "little")
        with pytest.raises(MalformedProof, match="not below the prime"):
            checked(subject[0], subject[1], bytes(raw))


def test_raw_messages(subjects: dict[str, Subject]) -> None:
    """The witness's root, the rows' combination, the columns: flipped, and spelt otherwise."""
    subject = subjects["outputs"]
    case, instance, proof, messages = subject
    for message in messages:
        length = message.request.raw_bytes
        for at in {0, 1, length // 3, length // 2, length - 2, length - 4} if length else set():
            raw = bytearray(proof)
            raw[message.start + at] ^= 1
            refused(subject, bytes(raw), message)
    combination = next(m for m in messages if m.request.label == "opening/combination")
    for at in range(combination.start, combination.stop, 400):
        raw = bytearray(proof)
        raw[at : at + 4] = (int.from_bytes(raw[at : at + 4], "little") + P).to_bytes(4, "little")
        with pytest.raises(MalformedProof, match="not below the prime"):
            checked(case, instance, bytes(raw))


@pytest.mark.parametrize("name", HEADS)
def test_truncations_and_extensions(subjects: dict[str, Subject], name: str) -> None:
    case, instance, proof, messages = subjects[name]
    for message in messages[::3] if name == "outputs" else messages[-3:]:
        if message.stop > message.start:
            with pytest.raises(MalformedProof, match=f"inside message '{message.request.label}'"):
                checked(case, instance, proof[: message.stop - 1])
    for added in (b"\0", bytes(16), proof):
        with pytest.raises(MalformedProof, match=f"{len(added)} bytes after its last message"):
            checked(case, instance, proof + added)


def test_elements_left_out_or_said_twice(subjects: dict[str, Subject]) -> None:
    case, instance, proof, messages = subjects["outputs"]
    for message in messages[::9]:
        if message.stop > message.start:
            for raw in (proof[: message.start] + proof[message.stop :], proof[: message.stop] + proof[message.start :]):
                with pytest.raises((MalformedProof, RejectedProof)):
                    checked(case, instance, raw)


def test_hostile_bytes_raise_the_project_s_errors_only(subjects: dict[str, Subject]) -> None:
    case, instance, proof, _ = subjects["top 1"]
    for seed in range(20):
        size = seed * len(proof) // 20
        noise = bytes((seed * k * k + 7 * k) % 256 for k in range(0, len(proof) - size))
        with pytest.raises((MalformedProof, RejectedProof)):
            checked(case, instance, proof[:size] + noise)
