"""Client of an ERC-20 token: what an escrow needs of one to be paid in it."""

from __future__ import annotations

from typing import Any

from eth_typing import ChecksumAddress

from escrow.chain import Chain
from escrow.sending import Receipt
from escrow.signers import Signer, checked_address
from proofs.errors import ChainError

_ABI: list[dict[str, Any]] = [
    # No declared result for approve: some tokens in wide use return nothing.
    {
        "type": "function",
        "name": "approve",
        "stateMutability": "nonpayable",
        "inputs": [{"name": "spender", "type": "address"}, {"name": "amount", "type": "uint256"}],
        "outputs": [],
    },
    {
        "type": "function",
        "name": "allowance",
        "stateMutability": "view",
        "inputs": [{"name": "owner", "type": "address"}, {"name": "spender", "type": "address"}],
        "outputs": [{"name": "", "type": "uint256"}],
    },
    {
        "type": "function",
        "name": "balanceOf",
        "stateMutability": "view",
        "inputs": [{"name": "who", "type": "address"}],
        "outputs": [{"name": "", "type": "uint256"}],
    },
]


class Token:
    """One ERC-20 token. Its code is somebody else's: an escrow is told its address, and the parties trust it or not."""

    def __init__(self, chain: Chain, address: str) -> None:
        self.chain = chain
        self.address: ChecksumAddress = checked_address(address, "token")
        self.contract = chain.contract(address, _ABI)

    def balance(self, who: str) -> int:
        """Amount that ``who`` holds."""
        return int(self.chain.read(self.contract, "balanceOf", checked_address(who)))

    def allowance(self, owner: str, spender: str) -> int:
        """Amount that ``spender`` may take from ``owner``."""
        return int(self.chain.read(self.contract, "allowance", checked_address(owner), checked_address(spender)))

    def allow(self, signer: Signer, spender: str, amount: int) -> list[Receipt]:
        """Let ``spender`` take exactly ``amount`` from the signer, unless it may take that much already.

        An allowance that is too small is withdrawn before the new one is given, which some tokens insist on.

        Raises:
            ChainError: the signer does not hold the amount. Reverted: the token refuses.
        """
        allowed = self.allowance(signer.address, spender)
        if allowed >= amount:
            return []
        held = self.balance(signer.address)
        if held < amount:
            raise ChainError(
                f"{signer.address} holds {held} units of token {self.address} and needs {amount}; send it some"
            )
        amounts = [amount] if allowed == 0 else [0, amount]
        return [
            self.chain.transact(signer, self.contract, "approve", checked_address(spender), each, step="token.approve")
            for each in amounts
        ]
