"""Where the ether of a game is, at any moment and at its end; the same for every protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from raw_chain import RawChain, balance_of, read_of, transaction
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

    def held(self) -> int:
        """Wei in the escrow."""
        return int(self.raw.all([balance_of(self.contract.address)])[0], 16)

    def owed(self) -> dict[str, int]:
        """Wei the escrow owes each role."""
        return self._read([read_of(self.contract.address, self._data("owed", a)) for a in self.addresses.values()])

    def balances(self) -> dict[str, int]:
        """Wei in each role's account."""
        return self._read([balance_of(address) for address in self.addresses.values()])

    def check_settled(self, net: Mapping[str, int], before: Mapping[str, int], fees: Mapping[str, int]) -> None:
        """At the end of a path: every credit is the path's, and once all is fetched the escrow is empty.

        Args:
            net: wei each role is to gain on chain. before: balances before the opening. fees: wei each has paid for
                gas since.
        """
        owed, now = self.owed(), self.balances()
        assert sum(owed.values()) == self.held()
        assert all(not amount for role, amount in owed.items() if role not in self.paid)
        assert {role: now[role] + owed[role] + fees[role] - before[role] for role in net} == dict(net)
        paid = self._fetch(owed, dict(fees))
        after = self.balances()
        assert {role: after[role] + paid[role] - before[role] for role in net} == dict(net)
        assert self.held() == 0

    def _fetch(self, owed: Mapping[str, int], fees: dict[str, int]) -> dict[str, int]:
        """Everybody is paid; who is owed nothing is told so. Returns the gas fees, these included."""
        for role in self.paid:
            own = role != self.paid[-1]
            payer = role if own else self.sender
            data = self._data("withdraw") if own else self._data("withdrawFor", self.addresses[role])
            mined = self.raw.mine(transaction(self.addresses[payer], self.contract.address, data))
            assert mined.refusal == (None if owed[role] else "NothingOwed")
            fees[payer] += mined.fee_wei
        return fees

    def _data(self, function: str, *args: object) -> str:
        return str(self.contract.encode_abi(function, list(args)))

    def _read(self, requests: list[tuple[str, list[object]]]) -> dict[str, int]:
        answers = self.raw.all(requests)
        return {role: int(answer, 16) for role, answer in zip(self.addresses, answers, strict=True)}
