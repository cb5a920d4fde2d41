"""What both kinds of audit share on the command line: where a party sits, what a buyer wants, and how it ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from assay.output import Output
from assay.postbox.way import Way
from escrow.chain import Chain
from escrow.signers import LocalSigner, checked_address
from proofs.canonical import to_hex
from proofs.errors import InvalidInput
from protocols.accuracy.describe import ether
from protocols.accuracy.plan import STAKE_FACTOR, Costs


@dataclass(frozen=True)
class Seat:
    """Where a party of an audit sits: what it says, its chain, account, way to the other side, and private folder."""

    output: Output
    chain: Chain
    signer: LocalSigner
    way: Way
    state: Path

    @property
    def account(self) -> str:
        """The party's address."""
        return str(self.signer.address)

    def require_seller(self, owner: bytes) -> None:
        """Raises InvalidInput: the listing is by ``owner`` (20 bytes), and that is not this account."""
        if self.account.lower() != to_hex(owner):
            raise InvalidInput(
                f"this listing is {checked_address(to_hex(owner))}'s, you are {self.account}: sell with the account "
                "that published it"
            )

    def took_up(self, job_id: bytes) -> bool:
        """Whether an earlier command left a journal of this job; to be asked before a party opens it."""
        return (self.state / job_id.hex() / "journal.jsonl").exists()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a buyer wants: A and N1 (0: no sample), costs, seconds a step, stake (None for the usual one), and so on.

    ``post``: put the ciphertexts on chain when the seller stays silent; with a sample only.
    """

    target: int
    sample: int
    costs: Costs
    window_s: int
    fee_recipient: str
    min_stake: int | None
    max_aborts: int
    nonce: int | None
    post: bool

    def stake(self, examples: int) -> int:
        """The stake asked for: as wished, else 1000 * E for each example the seller sees before it decides."""
        return STAKE_FACTOR * examples * self.costs.example if self.min_stake is None else self.min_stake


def report_ending(
    seat: Seat, state: IntEnum, status: Any, job_id: bytes, before: int, why: str, *, resumed: bool
) -> None:
    """Say how a job ended and what it changed.

    Args:
        status: as the escrow's client gives it. before: the balance when this command began, wei.
        resumed: an earlier command began the job, so that the change since ``before`` is not all of it.
    """
    change = seat.chain.balance(seat.account) - before
    since = " since this command began" if resumed else ""
    seat.output.say(f"{why}; balance changed by {ether(change)}{since} (gas included)")
    fields = asdict(status)
    words = {name: to_hex(value) for name, value in fields.items() if isinstance(value, bytes)}
    seat.output.document(
        {
            "verdict": state.name.lower(),
            "job_id": to_hex(job_id),
            "job": fields | words,
            "why": why,
            "balance_change_wei": change,
            "gas": seat.chain.ledger.as_json(),
            "gas_used": seat.chain.ledger.gas_of(),
        }
    )
