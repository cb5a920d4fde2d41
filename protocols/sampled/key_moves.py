"""After the promise: the rest's key over the channel or on chain, confirmation, silence and complaints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from protocols.sampled.events import Complain, Complaint, Confirm, RevealKey, Rule, State
from protocols.sampled.paths import Delivery, Node, Role
from protocols.sampled.proving_moves import walk_proving
from protocols.sampled.table import Table, off_chain


def walk_handed_over(table: Table, node: Node) -> Iterator[Node]:
    """The buyer sends the rest's key and the seller confirms; or one of them does not, and the key goes on chain."""
    yield from _key(table, off_chain(node, key_known=True))
    if not node.brief:
        yield from _key(table, table.board.did(node, Role.BUYER, "does not send the rest's key", stray=True))


def _key(table: Table, node: Node) -> Iterator[Node]:
    """The seller confirms what it holds, or waits for the chain."""
    terms, words = table.scenario.terms, table.scenario.words
    opens = node.off_chain.holds and node.off_chain.key_known
    good = opens and table.scenario.spoiled(node.off_chain) is None
    confirm, reveal = Confirm(terms.seller), RevealKey(terms.buyer, words.rest_key)
    if good or not node.brief:
        how = "confirms" if good else "confirms what it has not opened well"
        confirmed = table.move(node, Role.SELLER, confirm, how, stray=not good)
        yield from walk_proving(table, confirmed if good else table.aside(confirmed))
    if good and node.brief:
        return
    waits = table.board.did(node, Role.SELLER, "does not confirm", stray=good)
    yield from _revealed(table, table.move(waits, Role.BUYER, reveal, "reveals the rest's key"))
    if node.brief:
        return
    wrong = (RevealKey(terms.buyer, words.wrong_key, key_fits=False), Rule.WRONG_KEY)
    tried = table.refused(waits, Role.BUYER, wrong, left=1)
    tried = table.board.harmless(tried, Role.BUYER, "reveals a wrong key, is refused", stray=True)
    yield from _revealed(table, table.move(tried, Role.BUYER, reveal, "reveals the rest's key"))
    late = table.late(node, Role.SELLER, confirm, "confirm", stray=good)
    late = table.board.did(late, Role.BUYER, "does not reveal the rest's key", stray=True)
    yield from table.board.expire(late, Role.BUYER)
    yield from table.board.neglect(waits, Role.BUYER, reveal, "reveal the rest's key")


def _revealed(table: Table, node: Node) -> Iterator[Node]:
    """The key is on chain: the seller confirms, complains, or lets silence be consent."""
    node = off_chain(node, key_known=True)
    fault = _fault(table, node)
    confirm = Confirm(table.scenario.terms.seller)
    if fault is not None:
        yield table.move(node, Role.SELLER, fault, "complains")
        if node.brief:
            return
        tried = table.refused(node, Role.SELLER, *_false_complaints(table), left=1)
        tried = table.board.did(tried, Role.SELLER, "complains about the wrong thing first")
        yield table.move(tried, Role.SELLER, fault, "complains")
    confirmed = table.move(node, Role.SELLER, confirm, "confirms after all", stray=fault is not None)
    if node.brief:
        yield from walk_proving(table, confirmed)
        return
    yield from walk_proving(table, table.aside(confirmed))
    if fault is None and node.off_chain.holds:
        tried = table.refused(node, Role.SELLER, *_false_complaints(table), left=1)
        tried = table.board.harmless(tried, Role.SELLER, "complains falsely, is refused", stray=True)
        yield from walk_proving(table, table.move(tried, Role.SELLER, confirm, "confirms after all"))
    late = fault or Complain(table.scenario.terms.seller, Complaint.VIEW, faulty=False)
    for silent in table.board.neglect(node, Role.SELLER, late, "complain", stray=fault is not None):
        yield from walk_proving(table, table.aside(silent))
    too_late = table.late(node, Role.SELLER, confirm, "confirm", stray=fault is not None)
    for silent in table.board.expire(too_late, Role.SELLER):
        if silent.steps[-1].actor == Role.BUYER:
            yield from walk_proving(table, table.aside(silent))


def _fault(table: Table, node: Node) -> Complain | None:
    """The complaint that is true and can be shown, if there is one."""
    scenario, seller = table.scenario, table.scenario.terms.seller
    if node.job.state is not State.REVEALED or not node.off_chain.holds:
        return None
    if node.off_chain.delivery is Delivery.SPOILED_REST:
        return Complain(seller, Complaint.DECRYPTION)
    return Complain(seller, Complaint.VIEW) if scenario.false_view is not None else None


def _false_complaints(table: Table) -> tuple[tuple[Complain, str], ...]:
    """Complaints about what is as it was committed, about the sample, and with openings of nothing."""
    seller = table.scenario.terms.seller
    about_chunk = Complain(seller, Complaint.DECRYPTION, faulty=False)
    about_view = Complain(seller, Complaint.VIEW, faulty=False)
    return (
        (about_chunk, Rule.CHUNK_IS_HONEST),
        (about_view, Rule.VIEW_IS_HONEST),
        (replace(about_chunk, spent=True), Rule.EXAMPLE_SPENT),
        (replace(about_view, spent=True), Rule.EXAMPLE_SPENT),
        (replace(about_view, valid=False), Rule.BAD_OPENING),
    )
