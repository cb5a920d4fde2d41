"""The retrieval part of the demo: an audit by sample, an honest search, and five that are not."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from assay.demo.accuracy.stage import FEE_RECIPIENT
from assay.demo.figures import machine, milli
from assay.demo.material import digits
from assay.demo.retrieval.cheats import (
    FlippingResponder,
    MuteResponder,
    QuarrelsomeRequester,
    SwappingResponder,
    WithholdingResponder,
)
from assay.demo.retrieval.game import Game, Outcome
from assay.demo.retrieval.market import REQUESTER, Goods, Market, open_market, prepare
from assay.output import Output, Stages
from escrow.parties.requester import Requester
from escrow.parties.responder import Responder
from escrow.parties.retrieval_terms import Wishes, retrieval_terms
from proofs.errors import InvalidInput
from proofs.intervals import bad_share_at_most
from proofs.predicate import CLASS, Predicate

WANTED = 3
SAMPLED = 8
DELTA = 0.05
NONCE = 1
WINDOW_S = 86_400
MOST = 320
COLUMNS = ["what happened", "ending", "stopped by", "read/found", "responder", "requester", "gas", "time"]


@dataclass(frozen=True, slots=True)
class Play:
    """One game: what happens, by whom; ``sample`` for the audit in which the chain draws the documents."""

    name: str
    requester: type[Requester] = Requester
    responder: type[Responder] = Responder
    sample: bool = False


PLAYS = (
    Play("an audit by sample", sample=True),
    Play("an honest search"),
    Play("a match withheld", responder=WithholdingResponder),
    Play("a match denied", responder=FlippingResponder),
    Play("a swapped ciphertext", responder=SwappingResponder),
    Play("a key never revealed", responder=MuteResponder),
    Play("a false complaint", requester=QuarrelsomeRequester),
)


def play(output: Output, stages: Stages, documents: int, quiet: bool) -> dict[str, object]:
    """Play the retrievals; returns the document for scripts, ``verdict`` ``ok`` or ``mismatch``.

    Args:
        documents: committed images, 16 to 320.
    """
    require_documents(documents)
    began = time.monotonic()
    say: Callable[[str], None] = (lambda text: None) if quiet else output.say
    with TemporaryDirectory(prefix="assay-demo-") as name:
        root = Path(name)
        goods = prepare(digits(documents), documents, root / "images", stages.stage)
        say(f"{documents} images committed as {goods.corpus.commitment.root.hex()[:16]}...; reference string INSECURE")
        ready_s = time.monotonic() - began
        outcomes = []
        for place, chosen in enumerate(PLAYS):
            outcomes.append(_play(chosen, goods, root / str(place), say, stages))
            stages.batch(place + 1, len(PLAYS))
    return _report(output, goods, outcomes, ready_s, time.monotonic() - began)


def require_documents(documents: int) -> None:
    """Raises InvalidInput: a number of images that ``play`` does not take."""
    if not 2 * SAMPLED <= documents <= MOST:
        raise InvalidInput(f"--documents {documents}: from {2 * SAMPLED} to {MOST}")


def _play(chosen: Play, goods: Goods, root: Path, say: Callable[[str], None], stages: Stages) -> Outcome:
    with open_market(goods, stages.stage) as market:
        terms = retrieval_terms(
            market.checked,
            str(market.account(REQUESTER).address),
            None if chosen.sample else Predicate(CLASS, WANTED),
            _wishes(market, chosen.sample),
        )
        return Game(market, chosen.name, terms, root, say, chosen.requester, chosen.responder).play()


def _wishes(market: Market, sample: bool) -> Wishes:
    """As many matches as there are documents are paid for in advance; what is not found comes back."""
    cap = SAMPLED if sample else market.goods.corpus.total
    return Wishes(cap=cap, window_s=WINDOW_S, fee_recipient=FEE_RECIPIENT, nonce=NONCE)


def _report(output: Output, goods: Goods, outcomes: list[Outcome], ready_s: float, total_s: float) -> dict[str, object]:
    output.table("retrieval: pay-offs in milli-ether, gas left out", COLUMNS, [_row(outcome) for outcome in outcomes])
    promised = sum(outcome.as_promised for outcome in outcomes)
    output.say(f"{promised} of {len(outcomes)} pay-offs are exactly those of the pure state machine")
    labelled = sum(label == WANTED for label in goods.labels)
    bound = bad_share_at_most(SAMPLED, DELTA)
    output.say(
        f"asked for class {WANTED}: the committed model finds {outcomes[1].matches} of {len(goods.labels)} images "
        f"({labelled} carry that label), and none of these could be withheld after commitment. The audit of {SAMPLED} "
        f"says, with 95% confidence, that at most {bound:.0%} of the corpus was garbage from the start"
    )
    output.say("all searches share one set of proofs, made in the honest game; every other chain starts from them")
    output.say(f"{total_s:.0f} s in all, {ready_s:.0f} s of it to set up; {machine()}")
    return {
        "verdict": "ok" if promised == len(outcomes) else "mismatch",
        "paths": [outcome.to_json() for outcome in outcomes],
        "documents": len(goods.labels),
        "audit_bound": bound,
        "setup_s": round(ready_s, 1),
        "total_s": round(total_s, 1),
        "machine": machine(),
        "srs": "insecure",
    }


def _row(outcome: Outcome) -> list[str]:
    return [
        outcome.name,
        outcome.ending,
        outcome.stopped_by or "-",
        f"{outcome.read}/{outcome.matches}",
        milli(outcome.responder_wei),
        milli(outcome.requester_wei),
        f"{outcome.gas_used / 1e6:.2f}M",
        f"{outcome.seconds:.0f} s",
    ]
