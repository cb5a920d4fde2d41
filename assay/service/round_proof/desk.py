"""The client's look at a round: get the proof, verify it, decide, and write down what follows before doing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assay.service.client_record import ClientRecord
from assay.service.contests import Evidence, write_contests
from assay.service.round import Round
from assay.service.round_proof.checking import check_round_proof
from assay.service.round_proof.notes import CheckNote, keep_proof, kept_proof
from assay.service.selection import sample
from escrow.parties.predictions.records import ServiceAway
from proofs.errors import AssayError, InvalidInput, MalformedProof, RejectedProof
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from protocols.predictions.machine import Contested
from protocols.predictions.round_decision import (
    Await,
    Dispute,
    Proven,
    Release,
    RoundMove,
    Spending,
    Unusable,
    after_round_proof,
)

CONTESTS = "contests.json"
Fetch = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Looked:
    """How a look at a round ended.

    Args:
        verdict: the proof's. move: what follows. contests: indices in the file of contests now.
    """

    verdict: Proven | Unusable
    move: RoundMove
    contests: tuple[int, ...]


class RoundDesk:
    """One round of a client.

    Args:
        folder: of the round. model: the provider's commitment to the network. record: of questions and answers.
    """

    def __init__(self, folder: Path, of: Round, model: NetworkCommitment, record: ClientRecord) -> None:
        self._folder, self._round, self._model, self._record = folder, of, model, record
        self._inputs = {asked.index: asked.raw for asked in record.questions()}
        self._answers = record.answers()
        if not self._answers:
            raise InvalidInput("no question of this round is answered; run `assay client ask` first")

    def look(
        self, fetch: Fetch, spending: Spending, contested: Sequence[Contested] = (), *, last: bool = True
    ) -> Looked:
        """Judge the proof and write the contests that follow; the receipt is the caller's.

        Args:
            fetch: gets the proof from the provider. last: whether no later look is to come.
        """
        verdict = self._judge(fetch, last)
        outputs = {index: signed.outputs for index, signed in self._answers.items()}
        move = after_round_proof(self._round.terms, outputs, verdict, spending, contested)
        return Looked(verdict, move, self._write(move))

    def _judge(self, fetch: Fetch, last: bool) -> Proven | Unusable:
        """The verdict on a proof kept from before if it is about every answer, else on the provider's."""
        kept = kept_proof(self._folder)
        before = None if kept is None else self._verified(kept)
        if isinstance(before, Proven) and before.outputs.keys() >= self._answers.keys():
            return before
        try:
            raw = fetch()
        except ServiceAway as error:
            return before if isinstance(before, Proven) else Unusable(str(error), final=last)
        except InvalidInput as error:
            return before if isinstance(before, Proven) else Unusable(str(error))
        found = self._verified(raw)
        if isinstance(found, Proven):
            keep_proof(self._folder, raw)
            return found
        return before if isinstance(before, Proven) else found

    def _verified(self, raw: bytes) -> Proven | Unusable:
        inputs = {index: self._inputs[index] for index in self._answers}
        try:
            return check_round_proof(raw, self._model, self._round, inputs)
        except (RejectedProof, MalformedProof) as error:
            return Unusable(f"the provider's proof of the round is not accepted: {error}")

    def _write(self, move: RoundMove) -> tuple[int, ...]:
        """The file of contests after a move: what was in it for other reasons stays, and comes first."""
        path, note = self._folder / CONTESTS, CheckNote.load(self._folder, self._round.job_id)
        others = [index for index in self._listed(path) if index not in note.contested]
        if isinstance(move, Await):
            return (*others, *note.contested)
        wanted = list(move.indices) if isinstance(move, Dispute) else self._drawn(move, note)
        fresh = [index for index in wanted if index not in others]
        most = max(0, self._round.terms.contests - len(others))
        drawn = tuple(wanted) if isinstance(move, Release) and move.count else note.drawn
        replace(note, drawn=drawn, contested=tuple(fresh[:most])).save(self._folder)
        chosen = (*others, *fresh[:most])
        write_contests(path, self._round.job_id, [self._answers[index] for index in chosen])
        return chosen

    def _drawn(self, move: Release, note: CheckNote) -> list[int]:
        """Drawn at random, unpredictably, and once: a draw repeated until it suits is none."""
        earlier = [index for index in note.drawn or () if index in move.among]
        rest = [index for index in move.among if index not in earlier]
        missing = move.count - len(earlier)
        return earlier[: move.count] + (sample(rest, missing) if missing > 0 else [])

    def _listed(self, path: Path) -> list[int]:
        """Indices an earlier command wrote down for contests."""
        try:
            found = Evidence.from_bytes(path.read_bytes())
        except (OSError, AssayError):
            return []
        if found.job_id != self._round.job_id:
            raise InvalidInput(f"{path} holds contests of another round; name this round's folder")
        return [item.answer.index for item in found.answers if item.answer.index in self._answers]
