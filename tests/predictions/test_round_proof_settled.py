"""Rounds proven at once, on a chain with real contracts: paid without contests, or disputed answer by answer."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.proven_rounds import LIMITS, ProvenGame, proof_of, workshop_of, write_network
from helpers.rounds import COUNT, Booth, Purse
from helpers.tiny_sumcheck import network
from numpy.typing import NDArray

from assay.service.round_proof import desk as desk_module
from assay.service.round_proof.checking import check_same_description
from assay.service.round_proof.desk import Fetch, Looked, RoundDesk
from proofs.errors import InvalidInput
from proofs.integer import IntegerOutputs
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from protocols.predictions.events import State
from protocols.predictions.round_decision import Dispute, Proven, Release, Spending, Unusable

FIRST, WRONG = 0, 2
NOTHING = Spending(audit=0, link=0)


@pytest.fixture(autouse=True)
def first_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """One answer is contested in every game, so that its proof is made once."""
    monkeypatch.setattr(desk_module, "sample", lambda indices, count: sorted(indices)[:count])


class Lying:
    """Answers one question with other outputs than the model's."""

    def __init__(self, honest: Any, raw: NDArray[np.int64]) -> None:
        self.honest, self.raw, self.scale_bits = honest, raw, honest.scale_bits

    def run_provable(self, raw: NDArray[np.int64]) -> IntegerOutputs:
        found = self.honest.run_provable(raw)
        values = found.values + 2 * (raw == self.raw).all(axis=1)[:, None]
        return IntegerOutputs(values, found.scale_bits)


def look(game: ProvenGame, fetch: Fetch, spending: Spending, model: NetworkCommitment | None = None) -> Looked:
    own = model or network().commitment
    return RoundDesk(game.root / "asked", game.round, own, game.record).look(fetch, spending)


def withheld() -> bytes:
    raise InvalidInput("the provider gives no proof of the round")


def test_a_proven_round_is_paid_without_contests(proven_booth: Booth, tmp_path: Path) -> None:
    """Made by the provider's child process from its record, verified by the client, no answer contested."""
    game = ProvenGame(proven_booth, tmp_path, proven_booth.terms(), limits=LIMITS)
    purse = Purse(game)
    check_same_description(network().commitment, proven_booth.checked.circuit.circuit.base)
    with game.service() as engine, workshop_of(tmp_path / "answers", write_network(tmp_path, network())) as workshop:
        client, provider = game.ask()
        answered = engine.hosted[game.job_id].used

        def fetch() -> bytes:
            while (made := workshop.proof(game.round, answered)) is None:
                time.sleep(0.1)
            return made

        looked = look(game, fetch, NOTHING)
        assert isinstance(looked.verdict, Proven) and len(looked.verdict.outputs) == COUNT
        assert looked.move == Release(COUNT, 0, tuple(range(COUNT)), "every answer is proven")
        again = look(game, withheld, NOTHING)  # what was verified once is on the client's disk
        assert again.move == looked.move
        game.settle(client, provider, looked.contests)
    purse.expect(State.COMPLETED, 0, COUNT)


def test_an_answer_the_proof_contradicts_costs_the_deposit(proven_booth: Booth, tmp_path: Path) -> None:
    game = ProvenGame(proven_booth, tmp_path, proven_booth.terms(), limits=LIMITS)
    purse = Purse(game)
    game.answering = Lying(proven_booth.integers, game.inputs[WRONG])  # type: ignore[assignment]
    with game.service():
        client, provider = game.ask()
        made = proof_of(network(), game.round, game.inputs).to_bytes()
        looked = look(game, lambda: made, Spending(audit=2, link=2))
        assert looked.move == Dispute((WRONG,), 0) and looked.contests == (WRONG,)
        game.settle(client, provider, looked.contests)
    purse.expect(State.REJECTED, 0, COUNT)


@pytest.mark.parametrize("conduct", ["withheld", "of another network"])
def test_right_answers_survive_a_bad_proof(proven_booth: Booth, tmp_path: Path, conduct: str) -> None:
    """A missing proof costs the client its random contests; one about other weights those of contradicted answers."""
    game = ProvenGame(proven_booth, tmp_path, proven_booth.terms(), limits=LIMITS)
    purse = Purse(game)
    with game.service():
        client, provider = game.ask()
        if conduct == "withheld":
            looked = look(game, withheld, Spending(audit=1))
            assert isinstance(looked.verdict, Unusable)
            assert isinstance(looked.move, Release) and looked.move.count == 1
        else:
            other = network(1)
            made = proof_of(other, game.round, game.inputs).to_bytes()
            looked = look(game, lambda: made, Spending(disputes=1), other.commitment)
            assert looked.move == Dispute((FIRST,), COUNT - 1)
        assert looked.contests == (FIRST,)
        game.settle(client, provider, looked.contests)
    purse.expect(State.COMPLETED, 1, COUNT)
