"""Gas accounting: one line per transaction, named by the step of the exchange it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

MAX_TRANSACTION_GAS = 16_777_216
"""Largest gas limit of one transaction on a real chain (EIP-7825)."""


@dataclass(frozen=True, slots=True)
class GasEntry:
    """One mined transaction; all of it is public.

    Attributes:
        step: name of the step, e.g. ``accuracy.submitBatch``.
        sender: address that paid.
        gas_used: gas charged.
        fee_wei: what the sender paid for it.
        block: number of the block it is in.
        succeeded: False for a mined revert.
    """

    step: str
    sender: str
    gas_used: int
    fee_wei: int
    block: int
    succeeded: bool


def gas_by_step(entries: Iterable[GasEntry]) -> dict[str, list[int]]:
    """Gas used per transaction, grouped by step in order of first use."""
    grouped: dict[str, list[int]] = {}
    for entry in entries:
        grouped.setdefault(entry.step, []).append(entry.gas_used)
    return grouped


class GasLedger:
    """Everything one process has spent on a chain, in order."""

    def __init__(self) -> None:
        self._entries: list[GasEntry] = []

    def record(self, entry: GasEntry) -> None:
        """Append one mined transaction."""
        self._entries.append(entry)

    @property
    def entries(self) -> tuple[GasEntry, ...]:
        """All lines so far, oldest first."""
        return tuple(self._entries)

    def by_step(self) -> dict[str, list[int]]:
        """Gas used per transaction, grouped by step in order of first use."""
        return gas_by_step(self._entries)

    def gas_of(self, sender: str | None = None) -> int:
        """Gas used by one sender, or by all."""
        return sum(entry.gas_used for entry in self._entries if sender in (None, entry.sender))

    def fees_of(self, sender: str | None = None) -> int:
        """Fees in wei paid by one sender, or by all."""
        return sum(entry.fee_wei for entry in self._entries if sender in (None, entry.sender))

    def as_json(self) -> list[dict[str, object]]:
        """The lines as plain objects for a report."""
        return [asdict(entry) for entry in self._entries]
