"""Provers that say false things of a group: in its pads, by zero denominators, of its roots, of any layer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lookup_kit import (
    BOTH,
    LAYOUT,
    SHORT,
    Group,
    P,
    a_field,
    looked,
    proof_of,
    prove_group,
    random_scalars,
    rejected,
    true,
    verify,
)

from proofs.errors import MalformedProof, RejectedProof
from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields import Base, Ext, Field
from proofs.sumcheck.lookups import Challenges, FractionsClaim, require_balance


# -- pads ----------------------------------------------------------------------------------------------------------
def balancing(group: Group, extra: int) -> Prover[object]:
    """A prover who fills the pads so that a value outside its table cancels: 1/d + 1/x = 2 for the first two pads."""

    def forge(leaves: Ext) -> None:
        scalars = group.field.scalars
        outside = group.field.element(leaves, extra)
        rest = scalars.sub(scalars.from_int(1), scalars.inverse(outside))  # what one pad must hold beside it
        leaves[:, group.real] = scalars.inverse(rest)

    return prove_group(group, forge)


@BOTH
def test_pads_that_hold_something(f: Field) -> None:
    """A pad of the look-ups may only be 1: with 1/x in it, x chosen after alpha, any value can be balanced."""
    group = true(f)
    false = replace(group, sites=(*group.sites, looked(SHORT, [4])))
    assert false.pads > 0
    rejected(false, "site-leaves", balancing(false, false.real - 1))


@BOTH
def test_tables_pads_that_are_counted(f: Field) -> None:
    """Numerators beyond the tables: they could make up for pads, but no committed count says so."""

    def forge(numerators: Base) -> None:
        numerators[LAYOUT.total :] = 1

    group = true(f)
    assert LAYOUT.total < 1 << LAYOUT.depth
    rejected(group, "lookup-balance", prove_group(group, forged_numerators=forge))


@BOTH
def test_a_pad_too_few(f: Field) -> None:
    """A look-up of the denominator 1 is not free: the verifier counts pads itself."""
    scalars = f.scalars
    claims = [FractionsClaim((scalars.from_int(k), scalars.one), (), None, scalars.one) for k in (5, 2)]
    require_balance(scalars, claims[0], 3, claims[1])
    for pads in (2, 4):
        with pytest.raises(RejectedProof, match="lookup-balance"):
            require_balance(scalars, claims[0], pads, claims[1])


# -- denominators that are zero ------------------------------------------------------------------------------------
def test_zero_roots_do_not_balance() -> None:
    """0/0 is equal to everything when fractions are compared crosswise."""
    scalars = a_field("m31").scalars
    false = FractionsClaim((scalars.from_int(5), scalars.zero), (), None, scalars.one)
    true_one = FractionsClaim((scalars.from_int(5), scalars.one), (), None, scalars.one)
    nothing = FractionsClaim((scalars.zero, scalars.zero), (), None, scalars.one)
    for pair in ((nothing, true_one), (true_one, nothing), (false, nothing), (nothing, nothing), (false, false)):
        with pytest.raises(RejectedProof, match="lookup-denominator"):
            require_balance(scalars, pair[0], 0, pair[1])


@BOTH
def test_challenges_that_hit_a_value(f: Field) -> None:
    """alpha is one of the values looked up, in both trees: whatever else is false would pass."""

    def unlucky(drawn: Challenges) -> Challenges:
        return replace(drawn, alpha=f.scalars.mul(drawn.gamma, f.scalars.from_int(SHORT)))  # the denominator of (0, 0)

    group = replace(true(f), weakened=unlucky)
    rejected(replace(group, sites=(*group.sites, looked(SHORT, [4]))), "lookup-denominator")


# -- roots, and every other element --------------------------------------------------------------------------------
@BOTH
@pytest.mark.parametrize("entry", [0, 2])
def test_a_root_made_to_fit(f: Field, entry: int) -> None:
    """The tables' root is made equal to the look-ups' by one of the numerators said of it; the layers then disagree."""
    group = true(f)
    false = replace(group, sites=(*group.sites, looked(SHORT, [4])))
    rejected(false, "lookup-layer", fitted(false, entry))


def fitted(group: Group, entry: int) -> Prover[object]:
    """A prover who changes numerator ``entry`` of the tables' first message."""
    prover, scalars = prove_group(group), group.field.scalars
    request, root = next(prover), (scalars.zero, scalars.one)
    while True:
        if request.label == "sites/0":
            p_0, q_0, p_1, q_1 = request.elements
            q = scalars.mul(q_0, q_1)
            p = scalars.add(scalars.mul(p_0, q_1), scalars.mul(p_1, q_0))
            root = scalars.sub(p, scalars.mul(scalars.from_int(group.pads), q)), q
        if request.label == "tables/0":
            said = list(request.elements)
            target = scalars.mul(scalars.mul(root[0], scalars.inverse(root[1])), scalars.mul(said[1], said[3]))
            other = scalars.mul(said[2 - entry], said[1 + entry])
            said[entry] = scalars.mul(scalars.sub(target, other), scalars.inverse(said[3 - entry]))
            request = replace(request, elements=tuple(said))
        try:
            request = prover.send((yield request))
        except StopIteration:
            return None


def tampered(group: Group, message: int, element: int) -> Prover[object]:
    """A prover whose message has 1 added to one coordinate of one of its elements."""
    prover = prove_group(group)
    request, number = next(prover), 0
    while True:
        if number == message:
            said = list(request.elements)
            k = (message + element) % len(said[element])
            said[element] = tuple((c + (i == k)) % P for i, c in enumerate(said[element]))
            request = replace(request, elements=tuple(said))
        try:
            request, number = prover.send((yield request)), number + 1
        except StopIteration:
            return None


def messages_of(group: Group) -> list[Send]:
    """All of a prover's messages."""
    prover, found = prove_group(group), []
    try:
        found.append(next(prover))
        while True:
            challenges = random_scalars(group.field, found[-1].challenges, len(found))
            found.append(prover.send(challenges))
    except StopIteration:
        return found


def test_every_element_of_every_message_counts() -> None:
    group = true(a_field("m31"))
    for number, message in enumerate(messages_of(group)):
        for element in range(len(message.elements)):
            rejected(group, "lookup-layer", tampered(group, number, element))


def test_the_last_values_shifted_along_their_equation() -> None:
    """q_0 and q_1 of the lowest layer changed so that q_0 + q_1 + l q_0 q_1 stays: the leaves say otherwise."""
    group = true(a_field("m31"))
    scalars = group.field.scalars
    prover, last = prove_group(group), f"sites/{group.depth - 1}"

    def forging() -> Prover[object]:
        request, mix = next(prover), scalars.one
        while True:
            if request.label == last:
                q_0, q_1 = request.elements
                shift = scalars.inverse(mix)  # l (q_0 + 1/l)(q_1 + 1/l) - 1/l
                a, b = (scalars.add(q, shift) for q in (q_0, q_1))
                a, b = scalars.add(a, a), scalars.mul(b, scalars.inverse(scalars.from_int(2)))
                request = replace(request, elements=(scalars.sub(a, shift), scalars.sub(b, shift)))
            answer = yield request
            if request.label == f"sites/{group.depth - 2}":
                mix = answer[1]
            try:
                request = prover.send(answer)
            except StopIteration:
                return None

    rejected(group, "site-leaves", forging())


def test_a_proof_is_its_messages_and_no_more() -> None:
    group = true(a_field("m31"))
    proof = proof_of(group)
    labels = [message.label for message in messages_of(group)]
    assert len(labels) == len(set(labels))
    for broken in (proof[:-1], proof + b"\0", proof[:40] + b"\xff\xff\xff\xff" + proof[44:]):
        with pytest.raises(MalformedProof):
            verify(broken, group)
