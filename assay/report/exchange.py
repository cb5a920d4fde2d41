"""Reading one job from a chain and holding it against the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assay.report.exchanges import KINDS
from assay.report.exchanges.kind import Kind, Reading
from assay.report.replay import Replay, replay
from assay.report.words import money, spoken
from escrow.chain import Chain
from escrow.code_check import CodeMismatch
from escrow.history import BlockStamp, block_stamp, credited_to, read_history
from proofs.errors import AssayError, ChainError
from protocols.solidity import ZERO_ADDRESS


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison: what the chain says, what the rules say, and whether they agree."""

    name: str
    on_chain: str
    by_rules: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Party:
    """One party's money, in the job's currency; ``fees_wei`` is gas it paid in this job's transactions.

    Args:
        booked: credited by the escrow. ruled: by the pure machine. withdrawn: fetched since, of all jobs of the escrow.
        owed: not fetched as of the report's block, of all jobs.
    """

    role: str
    address: str
    paid: int
    booked: int
    ruled: int
    withdrawn: int
    owed: int
    fees_wei: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """One job, read and compared.

    Args:
        kind: its escrow's. chain_id, escrow, job_id: which job. since: first block read. as_of: last block read.
        min_window: the escrow's. reading, replayed: the job on chain and by the rules. checks: all comparisons.
    """

    kind: Kind
    chain_id: int
    escrow: str
    job_id: bytes
    since: int
    as_of: BlockStamp
    min_window: int
    reading: Reading
    replayed: Replay
    parties: tuple[Party, ...]
    checks: tuple[Check, ...]

    @property
    def token(self) -> str:
        """What it is paid in; the zero address is ether."""
        return self.kind.token(self.reading.terms) or ZERO_ADDRESS

    @property
    def ended(self) -> bool:
        """Whether nothing but withdrawing is left."""
        return bool(self.reading.status.state.ended)

    @property
    def disagreements(self) -> tuple[Check, ...]:
        """Comparisons that failed."""
        return tuple(check for check in self.checks if not check.agrees)


def read_exchange(chain: Chain, address: str, job_id: bytes, since: int = 0, until: int | None = None) -> Exchange:
    """Read job ``job_id`` of the escrow at ``address``, all at block ``until`` (the latest if None).

    Raises:
        ChainError: unreachable, no such job in any kind of escrow, or events that the node no longer has.
    """
    as_of = block_stamp(chain, "latest" if until is None else until)
    kind, client, terms = _identified(chain, address, job_id, as_of.number)
    history = read_history(client, job_id, since, as_of.number)
    token = kind.token(terms) or ZERO_ADDRESS
    chosen = kind.chosen(client, job_id, terms, as_of.number)
    min_window = client.min_window()
    replayed = replay(kind, kind.machine(terms, min_window, job_id), history, token == ZERO_ADDRESS, chosen)
    reading = Reading(terms, client.job(job_id, as_of.number), replayed.job, history, chosen)
    parties = tuple(
        _party(client, role, str(getattr(terms, field)), token, reading, replayed, as_of.number)
        for role, field in kind.parties
    )
    checks = (_code_check(kind, chain, client), *_checks(kind, reading, replayed, parties, token))
    return Exchange(
        kind, chain.chain_id, client.address, job_id, since, as_of, min_window, reading, replayed, parties, checks
    )


def _identified(chain: Chain, address: str, job_id: bytes, block: int) -> tuple[Kind, Any, Any]:
    """The kind of escrow at an address: whose code it has, else whose terms it shows under their own id."""
    chain.codehash(address)
    clients: list[tuple[Kind, Any]] = [(kind, kind.client(chain, address)) for kind in KINDS]
    for kind, client in clients:
        if _code_check(kind, chain, client).agrees:
            return kind, client, client.terms(job_id, block)
    for kind, client in clients:
        try:
            return kind, client, client.terms(job_id, block)
        except AssayError:
            continue
    names = ", ".join(kind.name for kind in KINDS)
    raise ChainError(
        f"{address} shows no job 0x{job_id.hex()} as any escrow known here ({names}); check address, job, chain"
    )


def _code_check(kind: Kind, chain: Chain, client: Any) -> Check:
    """Whether the contracts are what this release's sources compile to."""
    name, same = "Contract code", "as this release's sources compile"
    try:
        kind.check(chain, client)
    except CodeMismatch as mismatch:
        return Check(name, f"{mismatch.what} is something else", same, agrees=False)
    except ChainError:
        return Check(name, "not readable as this kind of escrow", same, agrees=False)
    return Check(name, same, same, agrees=True)


def _party(client: Any, role: str, who: str, token: str, reading: Reading, replayed: Replay, block: int) -> Party:
    history = reading.history
    return Party(
        role=role,
        address=who,
        paid=sum(payment.amount for payment in replayed.payments if payment.who == who),
        booked=credited_to(history.credits, who, token),
        ruled=sum(credit.amount for credit in replayed.credits if credit.who == who),
        withdrawn=sum(item.amount for item in history.withdrawals if item.who == who and item.token == token),
        owed=client.owed(who, block) if token == ZERO_ADDRESS else client.owed_in(token, who, block),
        fees_wei=sum(sent.fee_wei for sent in history.transactions if sent.sender == who),
    )


def _checks(
    kind: Kind, reading: Reading, replayed: Replay, parties: tuple[Party, ...], token: str
) -> tuple[Check, ...]:
    state, ruled = reading.status.state, replayed.job.state
    moves = Check("Every move is allowed", replayed.refused or "yes", "yes", not replayed.refused)
    same_state = Check("State", spoken(state.name), spoken(ruled.name), state == ruled)
    deadline, due = reading.status.deadline, replayed.job.deadline
    numbers = [Check(name, str(said), str(due), said == due) for name, said, due in kind.progress(reading)]
    if not state.ended:
        numbers.append(Check("Deadline, Unix time", str(deadline), str(due), deadline == due))
    pay = [
        Check(
            f"Credited to the {party.role}",
            money(party.booked, token),
            money(party.ruled, token),
            party.booked == party.ruled,
        )
        for party in parties
    ]
    booked = sum(item.amount for item in reading.history.credits)
    others = booked - sum(party.booked for party in parties)
    strangers = Check("Credited to anybody else", money(others, token), money(0, token), others == 0)
    return (moves, same_state, *numbers, *pay, strangers)
