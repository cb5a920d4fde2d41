"""The two sides of an audit without a sample (protocol A), for ``assay seller run`` and ``assay buyer audit``."""

from __future__ import annotations

import time

from assay.commands.audit_seat import Seat, Wishes, report_ending
from assay.postbox.post import guest_post, own_post
from escrow.parties.audit_terms import audit_terms
from escrow.parties.buyer import Buyer
from escrow.parties.listing import Checked, Listing, check_listing
from escrow.parties.offers import SellersMailbox
from escrow.parties.seller import Seller
from proofs.canonical import to_hex
from proofs.commitment.examples import OpenableTestSet
from proofs.commitment.test_set import TestSet
from proofs.errors import InvalidInput
from proofs.halo2.architecture import Weights
from proofs.halo2.secret_model import SecretModel
from protocols.accuracy.describe import ether
from protocols.accuracy.view import Limits
from protocols.eip712 import Domain
from protocols.prudence import Prudence


def sell_plain(
    seat: Seat,
    listed: Listing,
    weights: Weights | None,
    secret: SecretModel,
    job: bytes | None,
    wait_s: int,
    limits: Limits,
    prudence: Prudence,
) -> None:
    """Serve one audit; ``job`` None waits up to ``wait_s`` seconds for an offer."""
    seat.require_seller(listed.commitment.owner)
    checked = _checked(seat, listed, weights)
    mailbox = SellersMailbox(seat.way.offers_root(seat.state), seat.state, checked, seat.account)
    with guest_post(seat.way, mailbox, seat.signer, mailbox.domain, seat.output.say) as post:
        job_id = job or mailbox.next(time.monotonic() + wait_s)
        seat.output.say(f"job {to_hex(job_id)}")
        post.follow(job_id)
        resumed = seat.took_up(job_id)
        common = (checked, seat.signer, seat.state, post.root, limits, seat.output.say)
        party = Seller(*common, model=secret, job_id=job_id, prudence=prudence)
        before = seat.chain.balance(seat.account)
        why = party.run()
    _settled(seat, checked, job_id, before, why, resumed)


def buy_plain(seat: Seat, listed: Listing, weights: Weights | None, test_set: TestSet, wishes: Wishes) -> None:
    """Buy one audit."""
    if isinstance(test_set, OpenableTestSet):
        raise InvalidInput("this test set was committed with --openable, for audits with a sample: give --sample N1")
    checked = _checked(seat, listed, weights)
    terms = audit_terms(
        checked,
        seat.account,
        test_set.commitment,
        target=wishes.target,
        costs=wishes.costs,
        window_s=wishes.window_s,
        fee_recipient=wishes.fee_recipient,
        min_stake=wishes.stake(test_set.total),
        max_aborts=wishes.max_aborts,
        nonce=wishes.nonce,
    )
    terms.check_against_escrow(checked.escrow.address, checked.escrow.min_window())
    seat.output.say(f"nonce {terms.nonce}; deposit {ether(terms.deposit)}")
    domain = Domain(seat.chain.chain_id, checked.escrow.address)
    with own_post(seat.way, listed.commitment.owner, seat.signer, domain, seat.state, seat.output.say) as post:
        common = (checked, seat.signer, seat.state, post.root, Limits(), seat.output.say)
        resumed = seat.took_up(checked.escrow.job_id_of(terms))
        until = seat.chain.now() + wishes.window_s
        party = Buyer(*common, terms=terms, test_set=test_set, valid_until=until)
        post.follow(party.job.job_id)
        before = seat.chain.balance(seat.account)
        why = party.run()
    _settled(seat, checked, party.job.job_id, before, why, resumed)


def _checked(seat: Seat, listed: Listing, weights: Weights | None) -> Checked:
    with seat.output.progress("check the listing") as stages:
        return check_listing(seat.chain, listed, weights, stages.stage)


def _settled(seat: Seat, checked: Checked, job_id: bytes, before: int, why: str, resumed: bool) -> None:
    status = checked.escrow.job(job_id)
    report_ending(seat, status.state, status, job_id, before, why, resumed=resumed)
