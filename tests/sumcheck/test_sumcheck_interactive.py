"""The same provers and verifiers over a connection: two parties, bytes counted, neither of them trusted."""

from __future__ import annotations

import multiprocessing
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe

import pytest
from sumcheck_kit import (
    Statement,
    a_field,
    bare_verifier,
    product_of,
    random_scalars,
    requests_of,
    squares_of,
    wrong,
)

from proofs.errors import MalformedProof, RejectedProof
from proofs.sumcheck.fields import Extension, Scalar
from proofs.sumcheck.interactive import Counted, ask_verifier, prepared_challenges, rehearse, serve_prover

STATEMENTS: dict[str, Callable[[str], Statement]] = {
    "product": lambda name: product_of(a_field(name), (3, 5)),
    "squares": lambda name: squares_of(a_field(name), (3, 5), 6),
}


@dataclass
class Wire:
    """A connection over one end of a pipe; ``change`` is what the other party's messages become."""

    pipe: Pipe
    change: Callable[[bytes], bytes] = bytes

    def send(self, message: bytes) -> None:
        self.pipe.send_bytes(message)

    def receive(self) -> bytes:
        return self.change(self.pipe.recv_bytes())


@dataclass
class Script:
    """A connection on which the other party says what it has written down."""

    messages: list[bytes]

    def send(self, message: bytes) -> None:
        pass

    def receive(self) -> bytes:
        return self.messages.pop(0)


def provers(*statements: Statement) -> list[tuple[object, Extension]]:
    return [(statement.prove(), statement.field.scalars) for statement in statements]


def verifiers(*statements: Statement) -> list[tuple[object, Extension]]:
    return [(statement.verify(), statement.field.scalars) for statement in statements]


def converse(
    server: list[tuple[object, Extension]],
    client: list[tuple[object, Extension]],
    **options: object,
) -> tuple[list[object], list[object], Counted, Counted]:
    """Server and client in two threads; what each returned, and what each counted."""
    server_end, client_end = multiprocessing.Pipe()
    with server_end, client_end, ThreadPoolExecutor(1) as pool:
        served, asked = Counted(Wire(server_end)), Counted(Wire(client_end))
        serving = pool.submit(serve_prover, server, served)
        try:
            results = ask_verifier(client, asked, **options)
        except Exception:
            client_end.close()
            raise
        return serving.result(60), results, served, asked


@pytest.mark.parametrize("name", ["m31", "m61", "m61/base", "31i"])
@pytest.mark.parametrize("what", STATEMENTS)
def test_a_true_statement_convinces_the_client(name: str, what: str) -> None:
    statement = STATEMENTS[what](name)
    ends, results, served, asked = converse(provers(statement), verifiers(statement))
    requests, width = requests_of(statement), statement.field.scalars.scalar_bytes
    assert results == [None]
    assert len(ends) == 1
    assert asked.bytes_received == served.bytes_sent == width * sum(r.elements for r in requests)
    assert asked.bytes_sent == served.bytes_received == width * sum(r.challenges for r in requests)
    assert asked.messages_received == served.messages_sent == len(requests)
    assert asked.messages_sent == served.messages_received == sum(r.challenges > 0 for r in requests)


def test_challenges_take_eight_bytes_a_coordinate() -> None:
    assert a_field("m61/base").scalars.scalar_bytes == 8
    assert a_field("m61").scalars.scalar_bytes == a_field("m61b").scalars.scalar_bytes == 16


@pytest.mark.parametrize("names", [("m61", "m61b"), ("127", "31")])
@pytest.mark.parametrize("what", STATEMENTS)
def test_branches_converse_in_step(names: tuple[str, str], what: str) -> None:
    branches = [STATEMENTS[what](name) for name in names]
    ends, results, _, _ = converse(provers(*branches), verifiers(*branches))
    assert results == [None, None]
    assert ends[0].point == ends[1].point


@pytest.mark.parametrize("name", ["m31", "m61", "m61/base"])
@pytest.mark.parametrize("what", STATEMENTS)
def test_a_false_statement_does_not(name: str, what: str) -> None:
    statement = STATEMENTS[what](name)
    with pytest.raises(RejectedProof):
        converse(provers(statement), verifiers(wrong(statement)))


def test_challenges_come_from_the_operating_system(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[int] = []
    honest = secrets.token_bytes

    def token_bytes(count: int) -> bytes:
        asked_for.append(count)
        return honest(count)

    monkeypatch.setattr(secrets, "token_bytes", token_bytes)
    statement = STATEMENTS["product"]("m61")
    first = converse(provers(statement), verifiers(statement))[0]
    assert len(asked_for) >= 2 * len(requests_of(statement))
    assert first != converse(provers(statement), verifiers(statement))[0]


@pytest.mark.parametrize("what", STATEMENTS)
def test_a_rehearsal_tells_where_the_claims_will_be(what: str) -> None:
    statement = STATEMENTS[what]("m61")
    branch = [(bare_verifier(statement), statement.field.scalars)]
    challenges, foreseen = rehearse(branch)
    assert [len(drawn) for drawn in challenges] == [r.challenges for r in requests_of(statement) if r.challenges]
    client = [(bare_verifier(statement), statement.field.scalars)]
    _, claims, _, _ = converse(provers(statement), client, source=prepared_challenges(challenges))
    assert claims[0].point == foreseen[0].point
    assert claims[0].value != foreseen[0].value
    assert rehearse([(bare_verifier(statement), statement.field.scalars)])[0] != challenges


def test_prepared_challenges_are_for_the_conversation_they_were_drawn_for() -> None:
    a, b, c = random_scalars(a_field("m61"), 3, 0)
    take = prepared_challenges([(a,), (b, c)])
    assert take(1) == (a,)
    with pytest.raises(ValueError, match="differs from its rehearsal"):
        take(1)
    with pytest.raises(ValueError, match="differs from its rehearsal"):
        take(1)


# -- hostile parties -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"", "has 0 bytes"),
        (b"\x01" + b"\0" * 14, "has 15 bytes"),
        (b"\x01" + b"\0" * 16, "has 17 bytes"),
        (b"\x01" + b"\0" * 31, "has 32 bytes"),
        (b"\0" * 16, "challenge of zero"),
        ((2**61 - 1).to_bytes(8, "little") + b"\0" * 8, "not below the prime"),
        (b"\0" * 8 + b"\xff" * 8, "not below the prime"),
    ],
)
def test_a_clients_answer_is_challenges_or_refused(answer: bytes, message: str) -> None:
    with pytest.raises(MalformedProof, match=message):
        serve_prover(provers(STATEMENTS["squares"]("m61")), Script([answer]))


def test_challenges_beyond_the_smaller_prime_are_refused() -> None:
    branches = [STATEMENTS["squares"](name) for name in ("m61", "m61b")]
    answer = (2**61 - 45).to_bytes(8, "little") + b"\0" * 8
    with pytest.raises(MalformedProof, match="not below the prime"):
        serve_prover(provers(*branches), Script([answer]))


@pytest.mark.parametrize("change", [lambda m: m[:-1], lambda m: m + b"\0", lambda m: b"", lambda m: m * 2])
def test_a_servers_message_of_another_length_is_refused(change: Callable[[bytes], bytes]) -> None:
    statement = STATEMENTS["squares"]("m61")
    with pytest.raises(MalformedProof, match="must have 32"):
        ask_verifier(verifiers(statement), Script([change(b"\0" * 32)]))


def test_a_servers_message_of_anything_but_elements_is_refused() -> None:
    statement = STATEMENTS["squares"]("m61")
    with pytest.raises(MalformedProof, match="not below the prime"):
        ask_verifier(verifiers(statement), Script([b"\xff" * 32]))


@pytest.mark.parametrize("what", STATEMENTS)
def test_each_message_changed_on_the_way_is_refused(what: str) -> None:
    statement = STATEMENTS[what]("m61")
    scalars = statement.field.scalars
    elements = [r.elements for r in requests_of(statement)]
    for index in range(len(elements)):
        for element in range(elements[index]):
            recorded = record(statement, index, element)
            with pytest.raises(RejectedProof):
                ask_verifier(verifiers(statement), Script(recorded), lambda n: (scalars.from_int(7),) * n)


def record(statement: Statement, index: int, element: int) -> list[bytes]:
    """What an honest server says to challenges that are all 7, with one element of one message changed."""
    scalars, said = statement.field.scalars, []
    prover, answer = statement.prove(), None
    while True:
        try:
            sent = prover.send(answer)
        except StopIteration:
            break
        elements: list[Scalar] = list(sent.elements)
        if len(said) == index:
            elements[element] = scalars.add(elements[element], scalars.one)
        said.append(b"".join(map(scalars.to_bytes, elements)))
        answer = (scalars.from_int(7),) * sent.challenges
    return said
