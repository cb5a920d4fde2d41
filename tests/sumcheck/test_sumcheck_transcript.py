"""The transcript binds everything said, its challenges are uniform, and branches stay in step."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sumcheck_kit import a_field, a_transcript, bare_verifier, product_of, prove_all, squares_of, verify_all, wrong

from proofs.errors import MalformedProof, ProverFailed, RejectedProof
from proofs.sumcheck.challenges import draw
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields import Extension, Scalar
from proofs.sumcheck.transcript import Transcript, run_prover, run_verifier

M61 = Extension(2**61 - 1, 2)
SCRIPT: list[tuple[str, bytes, int, Extension]] = [
    ("a", b"first", 1, M61),
    ("b", b"", 2, M61),
    ("c", b"third", 0, M61),
    ("d", b"fourth", 1, M61),
    ("e", b"fifth", 3, M61),
]
START: tuple[str, int, bytes, dict[str, object]] = ("protocol", 1, b"statement", {"batch": 5})


def play(
    script: list[tuple[str, bytes, int, Extension]], start: tuple[str, int, bytes, dict[str, object]] = START
) -> list[tuple[Scalar, ...]]:
    """The challenges after each message."""
    transcript = Transcript(*start)
    return [transcript.exchange(*said) for said in script]


# -- binding -------------------------------------------------------------------------------------------------------
def test_the_same_words_bring_the_same_challenges() -> None:
    assert play(SCRIPT) == play(SCRIPT)
    assert [len(challenges) for challenges in play(SCRIPT)] == [1, 2, 0, 1, 3]
    drawn = [challenge for challenges in play(SCRIPT) for challenge in challenges]
    assert len(set(drawn)) == len(drawn)


def check_changed_from(changed: list[tuple[Scalar, ...]], index: int) -> None:
    """Challenges before ``index`` are as they were; each one from there on is another."""
    honest = play(SCRIPT)
    assert changed[:index] == honest[:index]
    for before, after in zip(honest[index:], changed[index:], strict=True):
        assert not set(before) & set(after)


@pytest.mark.parametrize("index", range(len(SCRIPT)))
@pytest.mark.parametrize("what", ["label", "payload", "longer", "shorter", "number", "prime", "degree"])
def test_every_part_of_a_message_changes_all_later_challenges(index: int, what: str) -> None:
    label, payload, number, extension = SCRIPT[index]
    changed = {
        "label": (label + "'", payload, number, extension),
        "payload": (label, b"\x01" + payload[1:], number, extension),
        "longer": (label, payload + b"\0", number, extension),
        "shorter": (label, payload[:-1] or b"x", number, extension),
        "number": (label, payload, number + 1, extension),
        "prime": (label, payload, number, Extension(2**61 - 45, 2)),
        "degree": (label, payload, number, Extension(2**61 - 1, 1)),
    }[what]
    check_changed_from(play([*SCRIPT[:index], changed, *SCRIPT[index + 1 :]]), index)


@pytest.mark.parametrize("what", ["protocol", "version", "statement", "parameter", "added parameter"])
def test_what_the_proof_is_about_changes_all_challenges(what: str) -> None:
    protocol, version, statement, parameters = START
    changed = {
        "protocol": ("protocols", version, statement, parameters),
        "version": (protocol, 2, statement, parameters),
        "statement": (protocol, version, b"Statement", parameters),
        "parameter": (protocol, version, statement, {"batch": 6}),
        "added parameter": (protocol, version, statement, {"batch": 5, "zero_knowledge": False}),
    }[what]
    check_changed_from(play(SCRIPT, changed), 0)


def test_order_and_borders_of_messages_are_bound() -> None:
    def last(*said: tuple[str, bytes]) -> tuple[Scalar, ...]:
        return play([(label, payload, 1, M61) for label, payload in said])[-1]

    outcomes = [
        last(("a", b"x"), ("b", b"y")),
        last(("b", b"y"), ("a", b"x")),
        last(("a", b"xy"), ("b", b"")),
        last(("a", b""), ("b", b"xy")),
        last(("ab", b"x"), ("", b"y")),
        last(("a", b"xby")),
        last(("axb", b"y")),
    ]
    assert len(set(outcomes)) == len(outcomes)
    shifted = [Transcript(*start).exchange("a", b"", 1, M61) for start in (("ab", 1, b"c", {}), ("a", 1, b"bc", {}))]
    assert shifted[0] != shifted[1]


def test_the_construction_is_the_documented_one() -> None:
    def integer(value: int) -> bytes:
        return value.to_bytes(8, "big")

    def prefixed(part: bytes) -> bytes:
        return integer(len(part)) + part

    start = prefixed(b"protocol") + prefixed(integer(1)) + prefixed(b'{"batch":5}') + prefixed(b"statement")
    state = hashlib.sha256(b"\0" + start).digest()
    message = prefixed(b"a") + prefixed(integer(2**61 - 1)) + integer(2) + integer(3) + prefixed(b"first")
    state = hashlib.sha256(b"\1" + state + message).digest()
    stream = b"".join(hashlib.sha256(b"\2" + state + integer(k)).digest() for k in range(2))
    words = [int.from_bytes(stream[k : k + 8], "little") % 2**61 for k in range(0, 48, 8)]
    expected = tuple((words[k], words[k + 1]) for k in (0, 2, 4))
    assert Transcript(*START).exchange("a", b"first", 3, M61) == expected


# -- drawing -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("p", "degree"), [(3, 1), (3, 2), (5, 1), (7, 2), (13, 1), (17, 1), (31, 1), (257, 1)], ids=str
)
def test_challenges_are_uniform_and_never_zero(p: int, degree: int) -> None:
    extension = Extension(p, degree)
    drawn = a_transcript().exchange("a", b"", 20_000, extension)
    counts, cells = Counter(drawn), p**degree - 1
    assert extension.zero not in counts
    assert len(counts) == cells
    mean = len(drawn) / cells
    chi_square = sum((count - mean) ** 2 / mean for count in counts.values())
    assert abs(chi_square - (cells - 1)) < 4.5 * (2 * (cells - 1)) ** 0.5 + 5


def test_what_is_not_below_the_prime_is_drawn_again_not_reduced() -> None:
    def source(*values: int) -> object:
        words = iter(values)
        return lambda count: next(words).to_bytes(count, "little")

    m31 = Extension(2**31 - 1, 1)
    assert draw(m31, source(2**31 - 1, 5)) == (5,)
    assert draw(m31, source(2**32 - 1, 2**31, 2**31 + 7)) == (7,), "masked: the prime again, zero again, then 7"
    assert draw(Extension(5, 1), source(5, 6, 7, 0, 8, 4)) == (4,)
    assert draw(Extension(7, 2), source(0, 0, 7, 0, 3)) == (0, 3), "zero in one coordinate is no zero"


@given(st.binary(max_size=40), st.integers(0, 5))
def test_challenges_are_canonical(payload: bytes, number: int) -> None:
    for extension in (Extension(2**31 - 1, 4), M61, Extension(2**61 - 45, 1), Extension(31, 2)):
        drawn = a_transcript().exchange("a", payload, number, extension)
        assert len(drawn) == number
        assert all(extension.is_element(challenge) and any(challenge) for challenge in drawn)


# -- branches ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("names", [("m61", "m61b"), ("m61b", "m61"), ("31", "127", "8191"), ("127", "31")])
def test_branches_share_challenges_of_the_smallest_field(names: tuple[str, ...]) -> None:
    branches = [squares_of(a_field(name), (3, 5), 4) for name in names]
    proof = prove_all(*branches)
    verify_all(proof, *branches)
    ends = run_prover([(branch.prove(), branch.field.scalars) for branch in branches], a_transcript())[1]
    smallest = min(branch.field.scalars.p for branch in branches)
    assert len({(end.point, end.batch) for end in ends}) == 1
    assert all(c < smallest for r in ends[0].batch + sum(ends[0].point, ()) for c in r)
    assert len(proof) == sum(len(prove_all(branch)) for branch in branches)


def test_a_branch_alone_or_in_another_order_is_refused() -> None:
    first, second = (squares_of(a_field(name), (3, 5), 4) for name in ("m61", "m61b"))
    proof = prove_all(first, second)
    with pytest.raises(RejectedProof):
        verify_all(proof, second, first)
    with pytest.raises(MalformedProof, match="after its last message"):
        run_verifier([(bare_verifier(first), first.field.scalars)], proof, a_transcript())
    for pair in ((wrong(first), second), (first, wrong(second))):
        with pytest.raises(RejectedProof):
            verify_all(proof, *pair)
        with pytest.raises(RejectedProof):
            verify_all(prove_all(*pair), *pair)
    assert verify_all(proof, first, second) is None


def test_fields_of_the_branches_are_bound_before_anything_is_said() -> None:
    def first_challenge(*extensions: Extension) -> object:
        seen = []

        def prover() -> Prover[None]:
            seen.append((yield Send("a", ())))

        run_prover([(prover(), extension) for extension in extensions], a_transcript())
        return seen[0]

    m61b = Extension(2**61 - 45, 2)
    outcomes = [first_challenge(*chosen) for chosen in ((m61b,), (m61b, M61), (M61, m61b), (m61b, m61b))]
    assert len(set(outcomes)) == 4


def one_message(label: str, challenges: int = 1) -> Verifier[str]:
    yield Receive(label, 1, challenges)
    return label


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ((one_message("a"), one_message("b")), "out of step"),
        ((one_message("a"), one_message("a", 2)), "out of step"),
        ((one_message("a"), iter(())), "some branches have ended"),
    ],
)
def test_branches_out_of_step_are_a_mistake_of_the_caller(pair: tuple[object, object], message: str) -> None:
    verifiers = [branch if hasattr(branch, "send") else (x for x in ()) for branch in pair]
    with pytest.raises(ValueError, match=message):
        run_verifier([(verifier, M61) for verifier in verifiers], b"\0" * 64, a_transcript())


def test_branches_need_one_degree_and_there_must_be_one() -> None:
    product = product_of(a_field("m61"), (4,))
    with pytest.raises(ValueError, match="one degree"):
        run_prover([(product.prove(), M61), (product.prove(), Extension(2**61 - 1, 1))], a_transcript())
    with pytest.raises(ValueError, match="one degree"):
        run_prover([], a_transcript())


@pytest.mark.parametrize("element", [(2**61 - 1, 0), (1,), (1, 2, 3), (-1, 0), (0, 1.0)])
def test_a_prover_that_sends_anything_but_elements_fails(element: Scalar) -> None:
    def prover() -> Prover[None]:
        yield Send("a", (element,))

    with pytest.raises(ProverFailed, match="message 'a' is not made of field elements"):
        run_prover([(prover(), M61)], a_transcript())
