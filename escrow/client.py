"""What all contract clients share: an address with an ABI, gas lines named after the contract, pull payments."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from eth_typing import ChecksumAddress
from web3.types import BlockIdentifier

from escrow.artifacts import load
from escrow.chain import Chain
from escrow.logs import ChainEvent, events_since
from escrow.sending import Receipt
from escrow.signers import Signer, checked_address
from escrow.token import Token
from protocols.solidity import ZERO_ADDRESS


class ContractClient:
    """One deployed contract of this project.

    Attributes:
        chain: where it is.
        address: its address.
        contract: web3's object for it.
    """

    artifact_name: ClassVar[str]
    step_prefix: ClassVar[str]

    def __init__(self, chain: Chain, address: str) -> None:
        self.chain = chain
        self.address: ChecksumAddress = checked_address(address)
        self.contract = chain.contract(address, load(self.artifact_name).abi)

    @classmethod
    def _deploy(cls, chain: Chain, signer: Signer, *args: object) -> Self:
        artifact = load(cls.artifact_name)
        address, _ = chain.deploy(signer, artifact.abi, artifact.bytecode, *args, step=f"{cls.step_prefix}.deploy")
        return cls(chain, address)

    def events(self, since_block: int = 0, until_block: int | None = None) -> list[ChainEvent]:
        """This contract's events from ``since_block`` on, oldest first."""
        return events_since(self.chain, self.contract, since_block, until_block)

    def _read(self, function: str, *args: object, block: BlockIdentifier = "latest") -> Any:
        return self.chain.read(self.contract, function, *args, block=block)

    def _send(
        self, signer: Signer, function: str, *args: object, value_wei: int = 0, gas_limit: int | None = None
    ) -> Receipt:
        return self.chain.transact(
            signer,
            self.contract,
            function,
            *args,
            step=f"{self.step_prefix}.{function}",
            value_wei=value_wei,
            gas_limit=gas_limit,
        )


class PullPaymentsClient(ContractClient):
    """A contract that books money for people, who then fetch it; in tokens too, where its ABI has them."""

    def owed(self, who: str, block: BlockIdentifier = "latest") -> int:
        """Wei booked for ``who`` and not fetched yet."""
        return int(self._read("owed", checked_address(who), block=block))

    def owed_in(self, token: str, who: str, block: BlockIdentifier = "latest") -> int:
        """Amount of ``token`` (the zero address: ether, in wei) booked for ``who`` and not fetched yet."""
        return int(self._read("owedIn", checked_address(token), checked_address(who), block=block))

    def withdraw(self, signer: Signer) -> Receipt:
        """Fetch everything booked for the signer. Raises Reverted (NothingOwed) when there is nothing."""
        return self._send(signer, "withdraw")

    def withdraw_for(self, signer: Signer, who: str) -> Receipt:
        """Send ``who`` everything booked for it, at the signer's gas."""
        return self._send(signer, "withdrawFor", checked_address(who))

    def withdraw_token(self, signer: Signer, token: str) -> Receipt:
        """Fetch everything booked for the signer in ``token``. Raises Reverted (NothingOwed) when there is nothing."""
        return self._send(signer, "withdrawToken", checked_address(token))

    def withdraw_token_for(self, signer: Signer, token: str, who: str) -> Receipt:
        """Send ``who`` everything booked for it in ``token``, at the signer's gas."""
        return self._send(signer, "withdrawTokenFor", checked_address(token), checked_address(who))

    def fetch(self, signer: Signer, token: str) -> Receipt:
        """Withdraw everything booked for the signer in ``token``, the zero address for ether."""
        return self.withdraw(signer) if token == ZERO_ADDRESS else self.withdraw_token(signer, token)

    def _pay(self, signer: Signer, token: str, amount: int) -> int:
        """Allow the contract a token payment if it is one; returns the wei to send along."""
        if token == ZERO_ADDRESS:
            return amount
        Token(self.chain, token).allow(signer, self.address, amount)
        return 0
