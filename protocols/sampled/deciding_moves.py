"""Hand-over, sample and decision: what the buyer sends, what the seller makes of it, and ciphertexts put on chain."""

from __future__ import annotations

from collections.abc import Iterator

from protocols.sampled.events import Abort, HandOver, PostCiphertext, Proceed, Rule, State
from protocols.sampled.key_moves import walk_handed_over
from protocols.sampled.paths import Delivery, Node, Role
from protocols.sampled.table import Table, off_chain


def walk_accepted(table: Table, node: Node) -> Iterator[Node]:
    """The buyer hands over the committed test set, something else, or nothing."""
    false_view = table.scenario.false_view is not None
    spoiled = () if false_view else (Delivery.SPOILED_SAMPLE, Delivery.SPOILED_REST)
    for delivery in (Delivery.COMMITTED, Delivery.WITHHELD, *spoiled):
        stray = delivery is not Delivery.COMMITTED
        handed = table.move(node, Role.BUYER, _hand_over(table, delivery), f"hands over {delivery}", stray=stray)
        yield from _walk_sampled(table, off_chain(handed, delivery=delivery, holds=delivery is not Delivery.WITHHELD))
    honest = _hand_over(table, Delivery.COMMITTED)
    buyer, chunks = table.scenario.terms.buyer, table.scenario.words.chunks
    stale, odd = HandOver(buyer, seed_fits=False), HandOver(buyer, chunk_count=chunks - 1, chunks_fit=False)
    tried = table.refused(node, Role.BUYER, (stale, Rule.WRONG_SEED), (odd, Rule.BAD_CHUNK_COUNT), left=1)
    tried = table.board.harmless(tried, Role.BUYER, "names another acceptance, then chunks that no test set has")
    handed = table.move(tried, Role.BUYER, honest, f"hands over {Delivery.COMMITTED}")
    yield from _walk_sampled(table, off_chain(handed, delivery=Delivery.COMMITTED, holds=True))
    yield from table.board.neglect(node, Role.BUYER, honest, "hand over")


def _walk_sampled(table: Table, node: Node) -> Iterator[Node]:
    """The seller decides; or the buyer puts everything on chain first, so that silence is the seller's fault."""
    yield from _decisions(table, node)
    spoiled = node.off_chain.delivery in (Delivery.SPOILED_SAMPLE, Delivery.SPOILED_REST)
    if node.brief or (spoiled and not table.thorough):
        return
    terms, words = table.scenario.terms, table.scenario.words
    post = PostCiphertext(terms.buyer, words.sample_key)
    why = "posts the ciphertexts" if node.off_chain.holds else "posts the ciphertexts it has not sent"
    posted = table.move(node, Role.BUYER, post, why)
    yield from _decisions(table, off_chain(posted, holds=True))
    tries = (
        (PostCiphertext(terms.buyer, words.wrong_key, key_fits=False), Rule.WRONG_KEY),
        (PostCiphertext(terms.buyer, words.sample_key, matches=False), Rule.WRONG_CIPHERTEXTS),
    )
    tried = table.refused(node, Role.BUYER, *tries, left=1)
    tried = table.board.harmless(tried, Role.BUYER, "posts a wrong key and wrong ciphertexts, is refused", stray=True)
    posted = table.move(tried, Role.BUYER, post, why)
    yield from _decisions(table, off_chain(posted, holds=True))
    if node.off_chain.delivery is Delivery.COMMITTED:
        late = table.late(node, Role.BUYER, post, "post the ciphertexts")
        late = table.board.did(late, Role.SELLER, "does not decide", stray=True)
        yield from table.board.expire(late, Role.SELLER)


def _decisions(table: Table, node: Node) -> Iterator[Node]:
    """The seller looks or not, then proceeds, aborts or falls silent: honest, lazy and malicious alike."""
    if node.brief:
        yield from _decided(table, node, looks=node.off_chain.holds and _sample_opens(node))
        return
    if node.off_chain.holds and _sample_opens(node):
        yield from _decided(table, node, looks=True)
    yield from _decided(table, node, looks=False)


def _decided(table: Table, node: Node, looks: bool) -> Iterator[Node]:
    """Each decision, after running the model on the sample or without."""
    terms = table.scenario.terms
    seen = off_chain(node, sample_run=looks)
    good = looks and table.scenario.promising
    lazy = not looks and node.off_chain.holds and _sample_opens(node)
    how = "having run the sample" if looks else "without running the sample"
    proceed, abort = Proceed(terms.seller, node.job.ciphertext_root), Abort(terms.seller)
    if good or not node.brief:
        promised = table.move(seen, Role.SELLER, proceed, f"proceeds {how}", stray=not good)
        straight = good and node.job.state is State.SAMPLED
        yield from walk_handed_over(table, promised if straight else table.aside(promised))
    if not good or not node.brief:
        yield table.move(seen, Role.SELLER, abort, f"aborts {how}", stray=good or lazy)
    if node.brief:
        return
    if node.off_chain.delivery is Delivery.COMMITTED and good and node.job.state is State.SAMPLED:
        other = (Proceed(terms.seller, table.scenario.words.wrong_key), Rule.WRONG_DELIVERY)
        tried = table.refused(seen, Role.SELLER, other, left=1)
        tried = table.board.harmless(tried, Role.SELLER, "proceeds on another delivery, is refused", stray=True)
        yield from walk_handed_over(table, table.move(tried, Role.SELLER, proceed, f"proceeds {how}"))
    yield from table.board.neglect(seen, Role.SELLER, proceed, f"decide {how}")
    yield from table.board.neglect(seen, Role.SELLER, abort, f"abort {how}", silent_too=False)


def _sample_opens(node: Node) -> bool:
    """Whether the sample the seller got is the committed one."""
    return node.off_chain.delivery is not Delivery.SPOILED_SAMPLE


def _hand_over(table: Table, delivery: Delivery) -> HandOver:
    """The hand-over as the chain sees it: what was not sent looks like what was."""
    words = table.scenario.words
    return HandOver(
        table.scenario.terms.buyer,
        words.root(delivery),
        words.chunks,
        words.sample_key_hash,
        words.rest_key_hash,
    )
