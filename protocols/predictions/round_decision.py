"""What the client does about a round once it has looked at the provider's proof of it, or has waited in vain.

A pure function. A proof that agrees with every signed answer ends in the receipt; one that contradicts answers ends in
contests of exactly those; without a usable proof everything is as it was: sign for what came, contest a few at random.

The proof is about a commitment the escrow does not know. That this one and the escrow's stand for the same weights is
seen only where they meet, in a contest: so a few proven answers may be contested as well (``Spending.link``), until the
client has seen enough of them, in this round and in others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from proofs.wording import counted
from protocols.predictions.machine import Contested
from protocols.predictions.terms import PredictionTerms

Outputs = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof that verified. outputs: what it shows, by index of the answer, as the escrow's circuit would show it."""

    outputs: Mapping[int, Outputs]


@dataclass(frozen=True, slots=True)
class Unusable:
    """No proof, or none that verifies. final: whether waiting longer cannot bring one. why: for people."""

    why: str
    final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """How much the client spends on contests.

    Args:
        audit: answers drawn at random where there is no usable proof of them. link: proven answers drawn at random.
        disputes: most answers contested because the proof contradicts them; None for as many as the terms allow.
            One that stays unproven ends the job as well as many would.
    """

    audit: int = 1
    link: int = 1
    disputes: int | None = None


@dataclass(frozen=True, slots=True)
class Await:
    """Look again later: a proof may still come."""

    why: str


@dataclass(frozen=True, slots=True)
class Release:
    """Sign for ``answered`` answers in all; then draw ``count`` of ``among`` to contest, for the reason ``why``.

    Nothing is drawn, and nothing more is paid, where ``count`` is 0.
    """

    answered: int
    count: int
    among: tuple[int, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """Sign for nothing more; contest these, in this order. left_out: contradicted ones there is no contest for."""

    indices: tuple[int, ...]
    left_out: int


RoundMove = Await | Release | Dispute


def after_round_proof(
    terms: PredictionTerms,
    answers: Mapping[int, Outputs],
    proof: Proven | Unusable,
    spending: Spending,
    contested: Sequence[Contested] = (),
) -> RoundMove:
    """The client's move.

    Args:
        terms: of the job. answers: outputs the provider signed, by index; at least one. proof: as the client's own
            verifier judges it. contested: on chain so far.
    """
    if isinstance(proof, Unusable):
        if not proof.final:
            return Await(proof.why)
        wanted = spending.audit - len(_taken(contested) & answers.keys())
        return _drawing(terms, answers, answers, wanted, contested, proof.why)
    differing = [index for index in sorted(answers) if proof.outputs.get(index, answers[index]) != answers[index]]
    if not differing:
        return _agreed(terms, answers, proof, spending, contested)
    if any(item.proven and item.index in differing for item in contested):
        why = "the chain has proven an answer the round's proof contradicts: it is about another function"
        return _drawing(terms, answers, answers, spending.audit, contested, why)
    taken = _taken(contested)
    most = terms.contests if spending.disputes is None else spending.disputes
    room = min(_room(terms, contested), max(0, most - len(taken & set(differing))))
    fresh = [index for index in differing if index not in taken]
    return Dispute(tuple(fresh[:room]), max(0, len(fresh) - room))


def _agreed(
    terms: PredictionTerms,
    answers: Mapping[int, Outputs],
    proof: Proven,
    spending: Spending,
    contested: Sequence[Contested],
) -> RoundMove:
    """Nothing is contradicted; what the proof leaves out is treated as if there were none."""
    uncovered = answers.keys() - proof.outputs.keys()
    pool, most = (uncovered, spending.audit) if uncovered else (answers.keys(), spending.link)
    wanted = most - len(_taken(contested) & pool)
    why = "to tie the proof's commitment to the escrow's" if wanted > 0 else "every answer is proven"
    if uncovered:
        why = f"the proof leaves out {counted(len(uncovered), 'answer')}"
    return _drawing(terms, answers, pool, wanted, contested, why)


def _drawing(
    terms: PredictionTerms,
    answers: Mapping[int, Outputs],
    pool: Collection[int],
    wanted: int,
    contested: Sequence[Contested],
    why: str,
) -> Release:
    """A receipt over everything that came, and a draw of what is not contested yet."""
    among = tuple(sorted(set(pool) - _taken(contested)))
    return Release(len(answers), max(0, min(wanted, len(among), _room(terms, contested))), among, why)


def _taken(contested: Sequence[Contested]) -> set[int]:
    return {item.index for item in contested}


def _room(terms: PredictionTerms, contested: Sequence[Contested]) -> int:
    """Contests the terms still allow."""
    return max(0, terms.contests - len(contested))
