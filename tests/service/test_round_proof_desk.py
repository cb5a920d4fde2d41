"""The client's look at a round, written down before anything follows: contests, the draw, and the proof it verified."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from helpers.proven_rounds import proof_of
from helpers.tiny_sumcheck import network
from round_proof_kit import COUNT, INPUTS, ROUND, answered, record

from assay.service.client_record import ClientRecord
from assay.service.contests import Evidence, write_contests
from assay.service.round_proof.desk import RoundDesk
from assay.service.round_proof.notes import CheckNote
from escrow.parties.predictions.records import ServiceAway
from proofs.errors import InvalidInput
from protocols.predictions.answers import SignedAnswer
from protocols.predictions.machine import Contested
from protocols.predictions.round_decision import Await, Dispute, Proven, Release, Spending, Unusable

ALL = tuple(range(COUNT))


@cache
def honest() -> bytes:
    return proof_of(network(), ROUND, INPUTS).to_bytes()


@cache
def partial() -> bytes:
    return proof_of(network(), ROUND, {index: INPUTS[index] for index in (0, 1)}).to_bytes()


def refused() -> bytes:
    raise InvalidInput("the provider gives no proof of the round: status 409")


def away() -> bytes:
    raise ServiceAway("no proof of the round came in time")


@contextmanager
def desk(folder: Path, wrong: int = 0) -> Iterator[tuple[RoundDesk, ClientRecord]]:
    with answered(folder / "provider", added=wrong) as (_, answers):
        kept = record(folder / "client", answers)
    try:
        yield RoundDesk(folder / "client", ROUND, network().commitment, kept), kept
    finally:
        kept.close()


def written(folder: Path) -> tuple[int, ...]:
    path = folder / "client/contests.json"
    if not path.exists():
        return ()
    return tuple(item.answer.index for item in Evidence.from_bytes(path.read_bytes()).answers)


def test_a_proven_round_is_released_again_and_again_without_the_provider(tmp_path: Path) -> None:
    with desk(tmp_path) as (found, _):
        looked = found.look(honest, Spending(link=0))
        assert looked.move == Release(COUNT, 0, ALL, "every answer is proven") and written(tmp_path) == ()
        assert found.look(refused, Spending(link=0)).move == looked.move
        assert (tmp_path / "client/round.proof").stat().st_mode & 0o777 == 0o600
        (tmp_path / "client/round.proof").write_bytes(honest()[:-1])
        assert isinstance(found.look(refused, Spending(link=0)).verdict, Unusable)


def test_wrong_answers_are_written_down_for_contests(tmp_path: Path) -> None:
    with desk(tmp_path, wrong=2) as (found, _):
        looked = found.look(honest, Spending())
        assert looked.move == Dispute((0, 1), COUNT - 2) and looked.contests == written(tmp_path) == (0, 1)
        taken = tuple(Contested(index, 0, bytes(32)) for index in (0, 1))
        assert found.look(refused, Spending(), taken).contests == written(tmp_path)


def test_the_draw_is_made_once(tmp_path: Path) -> None:
    seen = set()
    with desk(tmp_path) as (found, _):
        for fetch in (refused, away, refused, lambda: b"garbage", lambda: honest()[:-1]):
            looked = found.look(fetch, Spending(audit=1))
            assert isinstance(looked.verdict, Unusable) and isinstance(looked.move, Release)
            seen.add(looked.contests)
        assert len(seen) == 1 and written(tmp_path) == next(iter(seen))
        more = found.look(refused, Spending(audit=2)).contests
        assert set(written(tmp_path)) == set(more) > set(next(iter(seen)))


def test_a_proof_that_comes_later_takes_the_draw_back(tmp_path: Path) -> None:
    with desk(tmp_path) as (found, _):
        assert isinstance(found.look(away, Spending(), last=False).move, Await) and written(tmp_path) == ()
        assert len(found.look(away, Spending(audit=2)).contests) == 2
        assert found.look(honest, Spending(link=0)).contests == () == written(tmp_path)
        assert len(found.look(refused, Spending(link=1)).contests) == 1


def test_contests_for_other_reasons_stay_and_come_first(tmp_path: Path) -> None:
    with desk(tmp_path) as (found, kept):
        answers: dict[int, SignedAnswer] = kept.answers()
        write_contests(tmp_path / "client/contests.json", ROUND.job_id, [answers[4]])
        drawn = found.look(refused, Spending(audit=2)).contests
        assert drawn[0] == 4 and len(drawn) == 2 == ROUND.terms.contests
        assert found.look(refused, Spending(audit=2)).contests == drawn
        assert found.look(honest, Spending(link=0)).contests == (4,) == written(tmp_path)


def test_a_proof_of_some_answers_leaves_the_others_to_the_draw(tmp_path: Path) -> None:
    with desk(tmp_path) as (found, _):
        looked = found.look(partial, Spending(audit=2, link=0))
        assert isinstance(looked.verdict, Proven) and isinstance(looked.move, Release)
        assert looked.move.among == (2, 3, 4) and set(looked.contests) <= {2, 3, 4}
        assert found.look(refused, Spending(audit=2, link=0)).contests == looked.contests
        assert found.look(away, Spending(audit=2, link=0)).verdict == looked.verdict
        assert found.look(honest, Spending(link=0)).contests == ()


def test_notes_of_another_round_or_damaged_are_refused(tmp_path: Path) -> None:
    with desk(tmp_path) as (found, kept):
        for note in (CheckNote(bytes(32)), CheckNote(ROUND.job_id, (1,), (1,))):
            note.save(tmp_path / "client")
            assert CheckNote.load(tmp_path / "client", note.job_id) == note
        CheckNote(bytes(32)).save(tmp_path / "client")
        with pytest.raises(InvalidInput, match="another round"):
            found.look(honest, Spending())
        for content in (b"{}", b'{"contested":[],"drawn":[-1],"job_id":"0x00"}', b"\xff"):
            (tmp_path / "client/round-check.json").write_bytes(content)
            with pytest.raises(InvalidInput, match="damaged"):
                found.look(honest, Spending())
        (tmp_path / "client/round-check.json").unlink()
        other = replace(kept.answer(0).answer, job_id=bytes(32))
        write_contests(tmp_path / "client/contests.json", bytes(32), [replace(kept.answer(0), answer=other)])
        with pytest.raises(InvalidInput, match="contests of another round"):
            found.look(honest, Spending())


def test_a_round_without_answers_has_nothing_to_look_at(tmp_path: Path) -> None:
    kept = record(tmp_path, {})
    with pytest.raises(InvalidInput, match="no question"):
        RoundDesk(tmp_path, ROUND, network().commitment, kept)
    kept.close()
