"""Where the ether of a game is, at any moment and at its end; the same for every protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from raw_chain import RawChain, Request, balance_of, read_of, transaction
from web3.contract import Contract


@dataclass(frozen=True)
class MoneyAudit:
    """Reads balances and credits of all roles in one round trip each.

    Args:
        raw: the chain. contract: the escrow. addresses: of every role. paid: roles that can be owed something; the last
            one has its payment sent by ``sender``, the others fetch their own.
    """

    raw: RawChain
    contract: Contract
    addresses: Mapping[str, str]
    paid: Sequence[str]
    sender: str

    def with_book(self, views: list[Request]) -> tuple[list[str], int, dict[str, int]]:
        """What other views answer; wei in the escrow; wei it owes each role."""
        answers = self.raw.all([*views, *self._book])
        held, *owed = answers[len(views) :]
        return answers[: len(views)], int(held, 16), self._by_role(owed)

    def balances(self) -> dict[str, int]:
        """Wei in each role's account."""
        return self._by_role(self.raw.all(self._balances))

    def check_settled(self, net: Mapping[str, int], before: Mapping[str, int], fees: Mapping[str, int]) -> None:
        """At the end of a path: every credit is the path's, and once all is fetched the escrow is empty.

        Args:
            net: wei each role is to gain on chain. before: balances before the opening. fees: wei each has paid for
                gas since.
        """
        balances, held, owed = self.with_book(self._balances)
        now = self._by_role(balances)
        assert sum(owed.values()) == held
        assert all(not amount for role, amount in owed.items() if role not in self.paid)
        assert {role: now[role] + owed[role] + fees[role] - before[role] for role in net} == dict(net)
        paid = self._fetch(owed, dict(fees))
        balances, held, _ = self.with_book(self._balances)
        after = self._by_role(balances)
        assert {role: after[role] + paid[role] - before[role] for role in net} == dict(net)
        assert held == 0

    def _fetch(self, owed: Mapping[str, int], fees: dict[str, int]) -> dict[str, int]:
        """Everybody is paid; who is owed nothing is told so. Returns the gas fees, these included."""
        for role in self.paid:
            own = role != self.paid[-1]
            payer = role if own else self.sender
            mined = self.raw.mine(transaction(self.addresses[payer], self.contract.address, self._fetching[role]))
            assert mined.refusal == (None if owed[role] else "NothingOwed")
            fees[payer] += mined.fee_wei
        return fees

    @cached_property
    def _book(self) -> list[Request]:
        owed = (read_of(self.contract.address, self._data("owed", address)) for address in self.addresses.values())
        return [balance_of(self.contract.address), *owed]

    @cached_property
    def _balances(self) -> list[Request]:
        return [balance_of(address) for address in self.addresses.values()]

    @cached_property
    def _fetching(self) -> dict[str, str]:
        """Call data of each role's payment."""
        last = self.paid[-1]
        return {
            role: self._data("withdrawFor", self.addresses[role]) if role == last else self._data("withdraw")
            for role in self.paid
        }

    def _data(self, function: str, *args: object) -> str:
        return str(self.contract.encode_abi(function, list(args)))

    def _by_role(self, answers: Sequence[str]) -> dict[str, int]:
        return {role: int(answer, 16) for role, answer in zip(self.addresses, answers, strict=True)}
