"""The two sides of an audit with a sample (protocol A'), for ``assay seller run`` and ``assay buyer audit``."""

from __future__ import annotations

import re
import time

from assay.commands.audit_seat import Seat, Wishes, report_ending
from assay.postbox.post import guest_post, own_post
from escrow.parties.listing import CheckedSampled, Listing, check_sampled_listing
from escrow.parties.sampled_buyer import SampledBuyer
from escrow.parties.sampled_offers import SampledMailbox
from escrow.parties.sampled_seller import SampledSeller
from escrow.parties.sampled_terms import sampled_terms
from escrow.sampled import SampledEscrow
from proofs.canonical import to_hex
from proofs.commitment.examples import OpenableTestSet
from proofs.commitment.test_set import TestSet
from proofs.errors import InvalidInput
from proofs.halo2.architecture import Weights
from proofs.halo2.secret_model import SecretModel
from protocols.accuracy.describe import ether
from protocols.eip712 import Domain
from protocols.prudence import Prudence
from protocols.sampled.prospects import MAX_TRIED, Caution
from protocols.sampled.view import Limits

_TRIED = re.compile(r"([0-9]{1,4})/([0-9]{1,4})")


def caution_of(tried: str | None, trust_labels: bool) -> Caution:
    """The seller's experience from ``--tried RIGHT/NUMBER``, and whether it trusts the buyer's labels.

    Raises:
        InvalidInput: another form, or more trials than count.
    """
    if tried is None:
        return Caution(trust_labels=trust_labels)
    found = _TRIED.fullmatch(tried)
    if found is None or int(found[2]) > MAX_TRIED:
        raise InvalidInput(
            f"--tried {tried!r:.40}: write RIGHT/NUMBER, such as 970/1000, of at most {MAX_TRIED} examples"
        )
    return Caution(tried_right=int(found[1]), tried=int(found[2]), trust_labels=trust_labels)


def sell_sampled(
    seat: Seat,
    listed: Listing,
    weights: Weights | None,
    secret: SecretModel,
    job: bytes | None,
    wait_s: int,
    limits: Limits,
    prudence: Prudence,
) -> None:
    """Serve one audit with a sample."""
    seat.require_seller(listed.commitment.owner)
    checked = _checked(seat, listed, weights)
    mailbox = SampledMailbox(seat.way.offers_root(seat.state), seat.state, checked, seat.account)
    with guest_post(seat.way, mailbox, seat.signer, mailbox.domain, seat.output.say) as post:
        job_id = job or mailbox.next(time.monotonic() + wait_s)
        seat.output.say(f"job {to_hex(job_id)}")
        post.follow(job_id)
        resumed = seat.took_up(job_id)
        common = (checked, seat.signer, seat.state, post.root, limits, seat.output.say)
        party = SampledSeller(*common, model=secret, job_id=job_id, prudence=prudence)
        before = seat.chain.balance(seat.account)
        why = party.run()
    _settled(seat, checked.escrow, job_id, before, why, resumed)


def buy_sampled(seat: Seat, listed: Listing, weights: Weights | None, test_set: TestSet, wishes: Wishes) -> None:
    """Buy one audit with a sample."""
    if not isinstance(test_set, OpenableTestSet):
        raise InvalidInput(
            "this test set's examples cannot be shown to a contract: commit the data again with --openable"
        )
    checked = _checked(seat, listed, weights)
    terms = sampled_terms(
        checked,
        seat.account,
        test_set.commitment,
        sample=wishes.sample,
        target=wishes.target,
        costs=wishes.costs,
        window_s=wishes.window_s,
        fee_recipient=wishes.fee_recipient,
        min_stake=wishes.stake(wishes.sample),
        max_aborts=wishes.max_aborts,
        nonce=wishes.nonce,
    )
    terms.check_against_escrow(checked.escrow.address, checked.escrow.min_window())
    seat.output.say(f"nonce {terms.nonce}; deposit {ether(terms.deposit)}")
    domain = Domain(seat.chain.chain_id, checked.escrow.address)
    with own_post(seat.way, listed.commitment.owner, seat.signer, domain, seat.state, seat.output.say) as post:
        common = (checked, seat.signer, seat.state, post.root, Limits(post=wishes.post), seat.output.say)
        resumed = seat.took_up(checked.escrow.job_id_of(terms))
        until = seat.chain.now() + wishes.window_s
        party = SampledBuyer(*common, terms=terms, test_set=test_set, valid_until=until)
        post.follow(party.job.job_id)
        before = seat.chain.balance(seat.account)
        why = party.run()
    _settled(seat, checked.escrow, party.job.job_id, before, why, resumed)


def _checked(seat: Seat, listed: Listing, weights: Weights | None) -> CheckedSampled:
    with seat.output.progress("check the listing") as stages:
        return check_sampled_listing(seat.chain, listed, weights, stages.stage)


def _settled(seat: Seat, escrow: SampledEscrow, job_id: bytes, before: int, why: str, resumed: bool) -> None:
    status = escrow.job(job_id)
    report_ending(seat, status.state, status, job_id, before, why, resumed=resumed)
