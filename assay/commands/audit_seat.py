"""What both kinds of audit share on the command line: where a party sits, what a buyer wants, and how it ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from assay.output import Output
from assay.postbox.way import Way
from escrow.chain import Chain
from escrow.signers import LocalSigner
from proofs.canonical import to_hex
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


def report_ending(seat: Seat, state: IntEnum, status: Any, job_id: bytes, before: int, why: str) -> None:
    """Say how a job ended and what it changed; ``status`` as the escrow's client gives it, ``before`` in wei."""
    change = seat.chain.balance(seat.account) - before
    seat.output.say(f"{why}; balance changed by {ether(change)} (gas included)")
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
