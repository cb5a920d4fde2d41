"""One prediction round played to its end: the service over HTTP, both parties' programs, and what it brought them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.demo.predictions.booth import CLIENT, PROVIDER, Booth, serving
from assay.demo.predictions.cheats import LyingClient
from assay.service.asking import HttpQuestions
from assay.service.client_record import ClientRecord
from assay.service.engine import Engine
from assay.service.host import hosted_round
from assay.service.provider_record import ServiceRecord
from assay.service.round import Round
from assay.service.store import AnswerStore
from escrow.dev_clock import advance_to
from escrow.gas import gas_by_step
from escrow.parties.predictions.client import Client
from escrow.parties.predictions.party import PredictionParty
from escrow.parties.predictions.provider import Provider
from proofs.integer import IntegerModel
from protocols.eip712 import Domain
from protocols.predictions.actions import Done
from protocols.predictions.endings import settle
from protocols.predictions.events import State
from protocols.predictions.terms import PredictionTerms
from protocols.predictions.view import Limits

Say = Callable[[str], None]
MAX_TURNS = 1000
PROVE_S = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one round ended.

    Args:
        name: what the deviating party did. ending: final state of the job. stopped_by: the contract's refusal, if any.
        answered, contested, proven: answers received, and of these contested and proven on chain.
        right: answers whose class is the label; nobody proves that. asked: questions.
        provider_wei, client_wei: change of each balance, gas left out. as_promised: equal to the pure rules'.
        gas_used: by both parties. seconds: wall time. gas_by_step: by contract call.
    """

    name: str
    ending: str
    stopped_by: str
    answered: int
    contested: int
    proven: int
    right: int
    asked: int
    provider_wei: int
    client_wei: int
    as_promised: bool
    gas_used: int
    seconds: float
    gas_by_step: dict[str, list[int]] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """For ``--json``."""
        return {**asdict(self), "verdict": self.ending}


@dataclass
class Game:
    """A round on one booth.

    Args:
        name: what happens, for people. x, labels: the questions, and what is right. limits: of both parties.
        answering: the model the service really answers with. root: a folder of this game's own.
    """

    booth: Booth
    name: str
    terms: PredictionTerms
    x: NDArray[np.generic]
    labels: NDArray[np.generic]
    limits: Limits
    answering: IntegerModel
    root: Path
    say: Say
    client_class: type[Client] = Client
    provider_class: type[Provider] = Provider

    def play(self) -> Outcome:
        """Play to the end and compare what everybody got with what the pure rules promise."""
        began, chain = time.monotonic(), self.booth.chain
        entries_before, before = len(chain.ledger.entries), self._balances()
        self.say(f"-- {self.name}: {len(self.x)} questions, {self.limits.audit} contested at random")
        domain = Domain(chain.chain_id, self.booth.checked.escrow.address)
        of = Round(domain, self.terms, self.booth.checked.view)
        record = ClientRecord(self.root / "asked", of)
        record.put_questions(of.view.quantise(self.x))
        with serving(self._engine(of)) as url:
            client = self._client(of, record, url)
            client.step()  # the offer, without which there is no provider
            self._alternate(of.job_id, record, client, self._provider(of.job_id))
        answers = record.answers()
        record.close()
        entries = chain.ledger.entries[entries_before:]
        after = self._balances()
        fees = {who: sum(entry.fee_wei for entry in entries if entry.sender == who) for who in before}
        change = {who: after[who] - before[who] + fees[who] for who in before}
        status = self.booth.checked.escrow.job(of.job_id)
        right = [signed.outputs.index(max(signed.outputs)) == self.labels[i] for i, signed in answers.items()]
        return Outcome(
            name=self.name,
            ending=status.state.name.lower(),
            stopped_by=", ".join(client.refusals) if isinstance(client, LyingClient) else "",
            answered=len(answers),
            contested=status.contested,
            proven=status.proven,
            right=int(sum(right)),
            asked=len(self.x),
            provider_wei=change[self.terms.provider],
            client_wei=change[self.terms.client],
            as_promised=self._promised(status.state, status.proven, status.answered) == change,
            gas_used=sum(entry.gas_used for entry in entries),
            seconds=round(time.monotonic() - began, 1),
            gas_by_step=gas_by_step(entries),
        )

    def _engine(self, of: Round) -> Engine:
        """The service's engine, answering with whatever model this game's provider uses."""
        account = self.booth.account(PROVIDER).account
        hosted = hosted_round(of, self.booth.model, self.booth.honest, account, self.limits.credit)
        hosted.model = self.answering
        return Engine({of.job_id: hosted}, AnswerStore(self.root / "answers"))

    def _client(self, of: Round, record: ClientRecord, url: str) -> Client:
        account = self.booth.account(CLIENT)
        return self.client_class(
            *self._common("client", CLIENT),
            terms=self.terms,
            valid_until=self.booth.chain.now() + self.terms.accept_window,
            questions=HttpQuestions(url, of, account.account, record),
            count=len(self.x),
        )

    def _provider(self, job_id: bytes) -> Provider:
        return self.provider_class(
            *self._common("provider", PROVIDER),
            model=self.booth.model,
            record=ServiceRecord(self.root / "answers"),
            job_id=job_id,
            prove_s=PROVE_S,
        )

    def _common(self, role: str, account: int) -> tuple[Any, ...]:
        def say(text: str) -> None:
            self.say(f"   {role}: {text}")

        folders = (self.root / role, self.root / "channel")
        return (self.booth.checked, self.booth.account(account), *folders, self.limits, say)

    def _alternate(self, job_id: bytes, record: ClientRecord, *parties: PredictionParty) -> None:
        at_work = list(parties)
        for _ in range(MAX_TURNS):
            before = self._progress(record, parties)
            for party in list(at_work):
                if isinstance(party.step(), Done):
                    party.close()
                    at_work.remove(party)
            if not at_work:
                return
            if self._progress(record, parties) == before:
                self._pass_time(job_id)

    def _pass_time(self, job_id: bytes) -> None:
        """Up to the next moment at which somebody may do what it may not do now."""
        status, now = self.booth.checked.escrow.job(job_id), self.booth.chain.now()
        margin, end = self.limits.margin_s, status.round_end
        clocks = (end - margin - self.limits.contest_s, end - margin, end, status.deadline)
        later = [clock for clock in clocks if clock > now]
        if later:
            advance_to(self.booth.chain, min(later))

    def _progress(self, record: ClientRecord, parties: Sequence[PredictionParty]) -> tuple[int, ...]:
        entries = (len(party.job.journal.entries) for party in parties)
        return (self.booth.chain.block_number(), len(record.answered()), *entries)

    def _balances(self) -> dict[str, int]:
        return {who: self.booth.chain.balance(who) for who in (self.terms.client, self.terms.provider)}

    def _promised(self, ending: State, proven: int, answered: int) -> dict[str, int]:
        terms = self.terms
        change = {terms.client: -terms.client_funds, terms.provider: -terms.provider_funds}
        for credit in settle(terms, State.SERVING, ending, proven, answered):
            if credit.who in change:
                change[credit.who] += credit.amount
        return change
