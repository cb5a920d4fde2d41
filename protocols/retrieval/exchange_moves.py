"""The exchange of key against price: delivery, receipt, key and complaint, with every way to cheat in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from protocols.retrieval.events import (
    Acknowledge,
    ComplainDecryption,
    Complaint,
    ComplainView,
    Deliver,
    Reveal,
    Rule,
    State,
)
from protocols.retrieval.paths import Delivery, Node, Role
from protocols.retrieval.table import Table, off_chain


def walk_proven(table: Table, node: Node) -> Iterator[Node]:
    """The responder delivers the selected documents, something else, or nothing."""
    yield from _delivered(table, node, Delivery.HONEST)
    if node.brief:
        return
    others = [Delivery.GARBAGE, Delivery.OLD_KEY]
    for delivery in others if table.scenario.wrong_view is not None else [Delivery.SWAPPED, *others]:
        yield from _delivered(table, node, delivery)
    honest = _delivery(table, Delivery.HONEST)
    used = replace(honest, key_hash=table.scenario.words.used_key_hash, seen=True)
    tried = table.refused(node, Role.RESPONDER, (used, Rule.KEY_HASH_USED), left=1)
    yield from walk_proven(table, table.board.harmless(tried, Role.RESPONDER, "posts a key hash used before"))
    yield from table.board.neglect(node, Role.RESPONDER, honest, "deliver")


def _delivered(table: Table, node: Node, delivery: Delivery) -> Iterator[Node]:
    """The requester acknowledges what it holds, or does not."""
    terms = table.scenario.terms
    event, honest = _delivery(table, delivery), delivery is Delivery.HONEST
    node = table.move(node, Role.RESPONDER, event, f"delivers {delivery}", stray=not honest)
    node = off_chain(node, delivery=delivery)
    holds = delivery is not Delivery.GARBAGE
    how = "acknowledges" if holds else "acknowledges what it does not hold"
    receipt = Acknowledge(terms.requester, event.ciphertext_root)
    yield from _locked(table, table.move(node, Role.REQUESTER, receipt, how, stray=not holds))
    yield from table.board.neglect(node, Role.REQUESTER, receipt, "acknowledge", stray=holds)


def _locked(table: Table, node: Node) -> Iterator[Node]:
    """The responder reveals the key, a wrong one, or none."""
    responder, words = table.scenario.terms.responder, table.scenario.words
    key = words.old_key if node.off_chain.delivery is Delivery.OLD_KEY else words.key
    reveal = Reveal(responder, key)
    yield from _revealed(table, table.move(node, Role.RESPONDER, reveal, "reveals the key"))
    if not node.brief:
        wrong = Reveal(responder, words.wrong_key, matches=False)
        tried = table.refused(node, Role.RESPONDER, (wrong, Rule.WRONG_KEY), left=1)
        tried = table.board.harmless(tried, Role.RESPONDER, "reveals a wrong key, is refused", stray=True)
        yield from _revealed(table, table.move(tried, Role.RESPONDER, reveal, "reveals the key"))
    yield from table.board.neglect(node, Role.RESPONDER, reveal, "reveal")


def _revealed(table: Table, node: Node) -> Iterator[Node]:
    """The requester, or anybody who watches, complains where there is a fault; where there is none it is refused."""
    fault = _fault(table, node, Role.REQUESTER)
    if fault is None:
        yield from _nothing_to_complain(table, node)
        return
    yield table.move(node, Role.REQUESTER, fault, "complains")
    if node.brief:
        return
    watched = _fault(table, node, Role.STRANGER)
    if watched is not None:
        yield table.move(node, Role.STRANGER, watched, "complains as a watchtower")
    tried = table.refused(node, Role.REQUESTER, *_false_complaints(table, Role.REQUESTER), left=1)
    tried = table.board.did(tried, Role.REQUESTER, "complains about the wrong thing first")
    yield table.move(tried, Role.REQUESTER, fault, "complains")
    yield from table.board.neglect(node, Role.REQUESTER, fault, "complain")


def _nothing_to_complain(table: Table, node: Node) -> Iterator[Node]:
    """What was revealed is what was committed: the job completes, whoever says otherwise."""
    yield from table.board.expire(node, None)
    if node.brief:
        return
    for role in (Role.REQUESTER, Role.STRANGER):
        tried = table.refused(node, role, *_false_complaints(table, role))
        tried = table.board.harmless(tried, role, "complains falsely, is refused", stray=True)
        yield from table.board.expire(tried, None)
    late = ComplainDecryption(table.scenario.terms.requester, table.scenario.selected[0], valid=False)
    for ended in table.board.neglect(node, Role.REQUESTER, late, "complain falsely", silent_too=False):
        if ended.steps[-1].actor == Role.RESPONDER:
            yield ended


def _fault(table: Table, node: Node, role: Role) -> Complaint | None:
    """The complaint that is true, if there is one."""
    scenario, sender = table.scenario, table.scenario.address(role)
    if node.job.state is not State.REVEALED:
        return None
    if node.off_chain.delivery is Delivery.SWAPPED:
        return ComplainDecryption(sender, scenario.selected[0], valid=True)
    if scenario.wrong_view is not None and node.off_chain.delivery is not Delivery.GARBAGE:
        return ComplainView(sender, scenario.wrong_view, valid=True)
    return None


def _false_complaints(table: Table, role: Role) -> tuple[tuple[Complaint, str], ...]:
    """Complaints about what is as it was committed, about a document not sold, and with openings of nothing."""
    scenario, sender = table.scenario, table.scenario.address(role)
    unsold = ComplainDecryption(sender, scenario.unselected, valid=False)
    if scenario.sound is None:
        return ((unsold, Rule.NOT_SELECTED),)
    about_chunk = ComplainDecryption(sender, scenario.sound, valid=False, chunk=1)
    about_view = ComplainView(sender, scenario.sound, valid=False)
    return (
        (about_chunk, Rule.CHUNK_IS_HONEST),
        (about_view, Rule.VIEW_IS_HONEST),
        (unsold, Rule.NOT_SELECTED),
        (replace(about_view, opens=False), Rule.BAD_OPENING),
    )


def _delivery(table: Table, delivery: Delivery) -> Deliver:
    """The delivery as the chain sees it: one that is not what was sent looks like an honest one."""
    scenario, words = table.scenario, table.scenario.words
    key_hash = words.old_key_hash if delivery is Delivery.OLD_KEY else words.key_hash
    root = {Delivery.SWAPPED: words.swapped, Delivery.OLD_KEY: words.old_root}.get(delivery, words.honest)
    return Deliver(scenario.terms.responder, key_hash, root, words.chunks)
