"""Decisions of seller and buyer: each situation on its own, then whole games on the pure state machine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protocol_samples import BUYER, SELLER, STRANGER, TERMS, terms_with

from protocols.accuracy import actions, events
from protocols.accuracy.buyer import decide_buyer
from protocols.accuracy.events import State
from protocols.accuracy.facts import BuyerFacts, SellerFacts
from protocols.accuracy.machine import JobState, apply
from protocols.accuracy.seller import choose_batches, decide_seller
from protocols.accuracy.terms import AccuracyTerms
from protocols.accuracy.view import ChainView, Limits
from protocols.errors import RuleViolation

LIMITS = Limits(margin_s=10, prove_s=50)
VALID_UNTIL = 900
CHECKED = SellerFacts(offer_problems=(), acceptance_sent=True)
MATCHED = replace(CHECKED, test_set=True)
READY = replace(MATCHED, predicted=(1, 2), receipt_sent=True)


def look(state: State, now: int = 100, **more: object) -> ChainView:
    return ChainView(**{"now": now, "state": state, "deadline": 500, "balance": TERMS.deposit, **more})


def seller(
    chain: ChainView, facts: SellerFacts, limits: Limits = LIMITS, terms: AccuracyTerms = TERMS
) -> actions.Action:
    return decide_seller(terms, chain, facts, limits, VALID_UNTIL)


def buyer(chain: ChainView, facts: BuyerFacts) -> actions.Action:
    return decide_buyer(TERMS, chain, facts, LIMITS, VALID_UNTIL)


@pytest.mark.parametrize("state", [State.NONE, State.OPEN])
def test_seller_checks_before_it_accepts(state: State) -> None:
    assert seller(look(state), SellerFacts()) == actions.CheckOffer()
    assert seller(look(state), SellerFacts(offer_problems=("wrong circuit",))) == actions.SendDecline("wrong circuit")
    assert isinstance(seller(look(state), replace(CHECKED, declined=True)), actions.Done)
    for chain, word in [
        (look(state, eligible=False), "registry"),
        (look(state, prior_aborts=3), "3 aborts"),
        (look(state, balance=TERMS.deposit - 1), "deposit"),
    ]:
        action = seller(chain, CHECKED)
        assert isinstance(action, actions.SendDecline) and word in action.reason


def test_seller_waits_for_the_opening_and_accepts_in_time() -> None:
    assert seller(look(State.NONE), CHECKED) == actions.Wait(VALID_UNTIL, "the buyer to open the job")
    assert isinstance(seller(look(State.NONE, now=VALID_UNTIL), CHECKED), actions.Done)
    assert seller(look(State.OPEN, now=489), CHECKED) == actions.AcceptJob()
    assert isinstance(seller(look(State.OPEN, now=490), CHECKED), actions.Done)


def test_seller_after_accepting() -> None:
    assert seller(look(State.ACCEPTED), replace(CHECKED, acceptance_sent=False)) == actions.SendAcceptance()
    assert seller(look(State.ACCEPTED), CHECKED) == actions.Wait(500, "the buyer to hand over the test set")
    assert seller(look(State.ACCEPTED, now=500), CHECKED) == actions.Finalise()


@pytest.mark.parametrize(
    ("facts", "now", "expected"),
    [
        (CHECKED, 489, actions.FetchTestSet(490)),
        (CHECKED, 490, actions.Abort("the test set did not arrive in time")),
        (replace(CHECKED, test_set=False, test_set_reason="row 3"), 100, "row 3"),
        (MATCHED, 489, actions.RunModel()),
        (MATCHED, 490, actions.Abort("no time is left to run the model")),
        (replace(MATCHED, predicted=(1, 1)), 100, "2 of 4 right, the target is 3"),
        (replace(MATCHED, predicted=(1, 2, 2)), 100, "do not fit"),
        (replace(MATCHED, predicted=(0, 3)), 100, "do not fit"),
        (replace(MATCHED, predicted=(1, 2)), 100, actions.SendReceipt()),
        (READY, 100, actions.Proceed()),
        (READY, 500, actions.Finalise()),
    ],
)
def test_seller_decides(facts: SellerFacts, now: int, expected: actions.Action | str) -> None:
    action = seller(look(State.HANDED_OVER, now=now), facts)
    if isinstance(expected, str):
        assert isinstance(action, actions.Abort) and expected in action.reason
    else:
        assert action == expected


def test_seller_keeps_within_budget_and_time() -> None:
    chain = look(State.HANDED_OVER)
    assert seller(chain, READY, Limits(margin_s=10, proofs_left=2)) == actions.Proceed()
    assert "budget" in seller(chain, READY, Limits(margin_s=10, proofs_left=1)).reason
    assert seller(chain, READY, Limits(margin_s=10, prove_s=195)) == actions.Proceed()  # 2 * 195 + 10 = 400
    assert "window" in seller(chain, READY, Limits(margin_s=10, prove_s=196)).reason


def test_seller_proves_the_best_batches_first_and_stops_at_the_target() -> None:
    chain = look(State.PROVING)
    assert seller(chain, READY) == actions.ProveBatch(1)
    assert seller(chain, replace(READY, proofs={1: 2})) == actions.SubmitBatch(1)
    chain = look(State.PROVING, correct=2, batches_done=frozenset({1}))
    assert seller(chain, replace(READY, proofs={1: 2})) == actions.ProveBatch(0)
    assert seller(chain, replace(READY, proofs={1: 2, 0: 1})) == actions.SubmitBatch(0)
    easy = terms_with(target=2)
    assert seller(look(State.PROVING), replace(READY, proofs={0: 1}), terms=easy) == actions.ProveBatch(1)
    assert seller(look(State.PROVING, now=500), READY) == actions.Done(
        "the proving deadline has passed; the deposit is lost to the buyer"
    )


def test_seller_stops_when_a_proof_shows_that_it_has_lost() -> None:
    chain = look(State.PROVING, correct=1, batches_done=frozenset({1}))
    action = seller(chain, replace(READY, proofs={1: 1}))
    assert isinstance(action, actions.Done) and "wasted" in action.why


def test_seller_without_a_prediction_in_its_journal_still_proves() -> None:
    assert seller(look(State.PROVING), SellerFacts()) == actions.ProveBatch(0)


@pytest.mark.parametrize(
    ("counts", "done", "needed", "chosen"),
    [
        ((1, 2), set(), 3, (1, 0)),
        ((2, 2, 2), set(), 4, (0, 1)),
        ((2, 0, 2), {0}, 2, (2,)),
        ((2, 2), {0}, 3, None),
        ((), set(), 1, None),
        ((2,), set(), 0, ()),
    ],
)
def test_choice_of_batches(
    counts: tuple[int, ...], done: set[int], needed: int, chosen: tuple[int, ...] | None
) -> None:
    assert choose_batches(counts, frozenset(done), needed) == chosen


@given(st.lists(st.integers(0, 5), max_size=7), st.integers(0, 40))
def test_choice_is_the_fewest(counts: list[int], needed: int) -> None:
    chosen = choose_batches(counts, frozenset(), needed)
    best = sorted(counts, reverse=True)
    enough = [size for size in range(len(best) + 1) if sum(best[:size]) >= needed]
    if not enough:
        assert chosen is None
    else:
        assert chosen is not None and len(chosen) == enough[0] == len(set(chosen))
        assert sum(counts[index] for index in chosen) >= needed


@pytest.mark.parametrize(
    ("chain", "facts", "expected"),
    [
        (look(State.NONE), BuyerFacts(), actions.SendOffer()),
        (look(State.NONE), BuyerFacts(offer_sent=True), actions.OpenJob()),
        (look(State.NONE), BuyerFacts(declined="too dear"), "too dear"),
        (look(State.NONE, now=VALID_UNTIL), BuyerFacts(offer_sent=True), "lapsed"),
        (look(State.NONE, eligible=False), BuyerFacts(offer_sent=True), "registry"),
        (look(State.NONE, prior_aborts=3), BuyerFacts(offer_sent=True), "aborts"),
        (look(State.NONE, balance=1), BuyerFacts(offer_sent=True), "fund it"),
        (look(State.OPEN), BuyerFacts(), actions.Wait(500, "the seller to accept")),
        (look(State.OPEN, now=500), BuyerFacts(), actions.Finalise()),
        (look(State.HANDED_OVER), BuyerFacts(), actions.Wait(500, "the seller to proceed or abort")),
        (look(State.HANDED_OVER, now=500), BuyerFacts(), actions.Finalise()),
        (look(State.PROVING), BuyerFacts(), actions.Wait(500, "the seller's proofs")),
        (look(State.PROVING, now=500), BuyerFacts(), actions.Finalise()),
    ],
)
def test_buyer_decides(chain: ChainView, facts: BuyerFacts, expected: actions.Action | str) -> None:
    action = buyer(chain, facts)
    if isinstance(expected, str):
        assert isinstance(action, actions.Done) and expected in action.why
    else:
        assert action == expected


def test_buyer_hands_over_to_the_right_key_only() -> None:
    seed, root = b"\x01" * 32, b"\x02" * 32
    chain = look(State.ACCEPTED, seed=seed)
    known = BuyerFacts(offer_sent=True, acceptance_seed=seed, channel_key=b"\x03" * 32)
    sent = replace(known, ciphertext_root=root, test_set_sent=True)
    assert "signed acceptance" in buyer(chain, BuyerFacts()).why
    assert "seed" in buyer(chain, replace(known, acceptance_seed=root)).why
    assert buyer(chain, known) == actions.SendTestSet()
    assert buyer(chain, replace(sent, test_set_sent=False)) == actions.SendTestSet()
    assert buyer(chain, sent) == actions.HandOver(root)
    assert "too little time" in buyer(replace(chain, now=490), sent).why
    assert buyer(replace(chain, now=500), sent) == actions.Finalise()


@pytest.mark.parametrize("state", [State.COMPLETED, State.REJECTED, State.ABORTED, State.EXPIRED])
def test_both_withdraw_what_they_are_owed_then_stop(state: State) -> None:
    for decide, facts in ((seller, SellerFacts()), (buyer, BuyerFacts())):
        assert decide(look(state, owed=7), facts) == actions.Withdraw(7)
        assert isinstance(decide(look(state), facts), actions.Done)


class Game:
    """Honest parties on the pure state machine; ``good`` says whether the buyer's test set is the committed one."""

    def __init__(self, counts: tuple[int, int], good: bool = True) -> None:
        self.job, self.now, self.counts, self.good = JobState(terms=TERMS), 0, counts, good
        self.wealth = {BUYER: 0, SELLER: 0, TERMS.fee_recipient: 0}
        self.owed = dict.fromkeys(self.wealth, 0)
        self.seller, self.buyer = SellerFacts(), BuyerFacts()

    def view(self, me: str) -> ChainView:
        job = self.job
        return ChainView(
            now=self.now, state=job.state, deadline=job.deadline, correct=job.correct, batches_done=job.batches_done,
            seed=job.seed, ciphertext_root=job.ciphertext_root, owed=self.owed[me], balance=TERMS.deposit,
        )  # fmt: skip

    def move(self, event: events.Event) -> None:
        self.job, credits = apply(self.job, event, self.now)
        if isinstance(event, (events.Open, events.Accept)):
            self.wealth[event.sender] -= event.value
        for credit in credits:
            self.owed[credit.who] += credit.amount

    def withdraw(self, me: str) -> None:
        self.wealth[me] += self.owed[me]
        self.owed[me] = 0

    def play_seller(self) -> actions.Action:
        action = decide_seller(TERMS, self.view(SELLER), self.seller, LIMITS, VALID_UNTIL)
        known: dict[type, dict[str, object]] = {
            actions.CheckOffer: {"offer_problems": ()},
            actions.SendAcceptance: {"acceptance_sent": True},
            actions.FetchTestSet: {"test_set": self.good},
            actions.RunModel: {"predicted": self.counts},
            actions.SendReceipt: {"receipt_sent": True},
            actions.SendDecline: {"declined": True},
        }
        moves = {
            actions.AcceptJob: events.Accept(SELLER, TERMS.deposit, b"\x07" * 32),
            actions.Proceed: events.Proceed(SELLER),
            actions.Abort: events.Abort(SELLER),
            actions.Finalise: events.Finalise(SELLER),
        }
        self.seller = replace(self.seller, **known.get(type(action), {}))
        if type(action) in moves:
            self.move(moves[type(action)])
        elif isinstance(action, actions.ProveBatch):
            proofs = {**self.seller.proofs, action.index: self.counts[action.index]}
            self.seller = replace(self.seller, proofs=proofs)
        elif isinstance(action, actions.SubmitBatch):
            self.move(events.SubmitBatch(SELLER, action.index, self.counts[action.index]))
        elif isinstance(action, actions.Withdraw):
            self.withdraw(SELLER)
        return action

    def play_buyer(self) -> actions.Action:
        action = decide_buyer(TERMS, self.view(BUYER), self.buyer, LIMITS, VALID_UNTIL)
        if isinstance(action, actions.SendOffer):
            self.buyer = replace(self.buyer, offer_sent=True)
        elif isinstance(action, actions.OpenJob):
            self.move(events.Open(BUYER, TERMS.deposit))
        elif isinstance(action, actions.SendTestSet):
            self.buyer = replace(self.buyer, ciphertext_root=b"\x08" * 32, test_set_sent=True)
        elif isinstance(action, actions.HandOver):
            self.move(events.HandOver(BUYER, action.ciphertext_root))
        elif isinstance(action, actions.Finalise):
            self.move(events.Finalise(BUYER))
        elif isinstance(action, actions.Withdraw):
            self.withdraw(BUYER)
        elif isinstance(action, actions.Wait) and self.seller.acceptance_sent:
            self.buyer = replace(self.buyer, acceptance_seed=self.job.seed)
        return action


def run(game: Game, seller_alive: int = 10**9, buyer_alive: int = 10**9) -> None:
    """Play until both are done; a party falls silent after its number of steps (but withdraws once it is over)."""
    for step in range(3_000):
        done = []
        for alive, play in ((seller_alive, game.play_seller), (buyer_alive, game.play_buyer)):
            if step < alive or game.job.state.ended:
                done.append(isinstance(play(), actions.Done))
        game.now += 1
        if game.job.state.ended and all(done):
            return
    raise AssertionError(f"stuck in {game.job.state.name}")


def test_honest_game_pays() -> None:
    game = Game((1, 2))
    run(game)
    assert game.job.state is State.COMPLETED
    assert game.wealth[SELLER] == TERMS.payment - TERMS.fee
    assert game.wealth[BUYER] == -TERMS.payment - TERMS.fee


@pytest.mark.parametrize(("counts", "good"), [((1, 1), True), ((2, 2), False)])
def test_a_seller_who_cannot_win_aborts(counts: tuple[int, int], good: bool) -> None:
    game = Game(counts, good)
    run(game)
    assert game.job.state is State.ABORTED
    assert game.wealth[SELLER] == TERMS.abort_fee - TERMS.fee


@settings(max_examples=120, deadline=None)
@given(
    counts=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    good=st.booleans(),
    silent=st.sampled_from(["seller", "buyer"]),
    after=st.integers(0, 20),
)
def test_the_honest_side_never_pays_for_the_others_silence(
    counts: tuple[int, int], good: bool, silent: str, after: int
) -> None:
    game = Game(counts, good)
    try:
        run(game, **{f"{silent}_alive": after})
    except AssertionError:
        assert game.job.state is State.NONE  # nothing was ever locked
        return
    if silent == "buyer":
        assert game.wealth[SELLER] in (0, TERMS.abort_fee - TERMS.fee, TERMS.payment - TERMS.fee)
    else:
        worst = {State.COMPLETED: -TERMS.payment, State.ABORTED: -TERMS.abort_fee, State.REJECTED: TERMS.penalty}
        assert game.wealth[BUYER] == worst.get(game.job.state, TERMS.fee) - TERMS.fee
    assert sum(game.wealth.values()) + game.owed[TERMS.fee_recipient] == -sum(game.owed[who] for who in (BUYER, SELLER))


@settings(max_examples=150, deadline=None)
@given(
    counts=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    good=st.booleans(),
    pauses=st.lists(st.integers(1, 150), min_size=12, max_size=12),
    hostile=st.lists(
        st.one_of(
            st.builds(events.Open, st.just(BUYER), st.just(TERMS.deposit)),
            st.builds(events.HandOver, st.just(BUYER)),
            st.builds(events.Abort, st.just(BUYER)),
            st.builds(events.SubmitBatch, st.just(STRANGER), st.integers(0, 1), st.integers(0, 2)),
            st.builds(events.Finalise, st.sampled_from([BUYER, STRANGER])),
        ),
        max_size=12,
    ),
)
def test_the_honest_seller_is_never_slashed(
    counts: tuple[int, int], good: bool, pauses: list[int], hostile: list[events.Event]
) -> None:
    """Whatever a hostile buyer sends and when; only sound proofs verify (the circuit's business)."""
    game = Game(counts, good)
    for pause, event in zip(pauses, [events.Open(BUYER, TERMS.deposit), *hostile], strict=False):
        sound = not isinstance(event, events.SubmitBatch) or event.count == counts[event.index]
        if sound:
            try:
                game.move(event)
            except RuleViolation:
                pass
        for _ in range(12):
            game.play_seller()
        game.now += pause
    for _ in range(2_000):
        game.play_seller()
        game.now += 1
        if State.OPEN <= game.job.state <= State.PROVING and game.now >= game.job.deadline:
            game.move(events.Finalise(STRANGER))
    assert game.job.state is not State.REJECTED
    assert game.wealth[SELLER] >= min(0, TERMS.abort_fee - TERMS.fee)
