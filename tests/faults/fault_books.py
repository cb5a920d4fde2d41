"""What a game has cost and brought everybody, read from the blocks alone: a killed process keeps no books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from escrow.chain import Chain


class Books:
    """Balances and transactions from now on.

    Args:
        chain: where. escrow: client of the escrow. who: the accounts that count.
    """

    def __init__(self, chain: Chain, escrow: Any, who: Sequence[str]) -> None:
        self.chain, self.escrow, self.who = chain, escrow, who
        self.first = chain.block_number() + 1
        self.before = {account: chain.balance(account) for account in who}

    def mined(self) -> list[tuple[Any, Any]]:
        """Transactions since, each with its receipt."""
        w3, found = self.chain.w3, []
        for number in range(self.first, self.chain.block_number() + 1):
            for transaction in w3.eth.get_block(number, full_transactions=True)["transactions"]:
                found.append((transaction, w3.eth.get_transaction_receipt(transaction["hash"])))
        return found

    def changes(self) -> dict[str, int]:
        """What every account has gained, gas left out, what is owed to it included; the escrow owes all it holds."""
        owed = {account: self.escrow.owed(account) for account in self.who}
        assert sum(owed.values()) == self.chain.balance(self.escrow.address)
        fees: Counter[str] = Counter()
        for transaction, receipt in self.mined():
            fees[transaction["from"]] += receipt["gasUsed"] * receipt["effectiveGasPrice"]
        now = {account: self.chain.balance(account) + owed[account] for account in self.who}
        return {account: now[account] + fees[account] - self.before[account] for account in self.who}

    def owed(self) -> dict[str, int]:
        """Wei nobody has fetched yet."""
        return {account: self.escrow.owed(account) for account in self.who}

    def moves(self, status: int = 1) -> Counter[str]:
        """Transactions to the escrow by function: those that counted, or with ``status`` 0 those that were refused."""
        found = []
        for transaction, receipt in self.mined():
            if transaction.get("to") == self.escrow.address and receipt["status"] == status:
                found.append(self.escrow.contract.get_function_by_selector(bytes(transaction["input"][:4])).fn_name)
        return Counter(found)
