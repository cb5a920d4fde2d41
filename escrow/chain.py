"""One EVM chain: what it says, and transactions within a real chain's limits."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Self

from eth_typing import ChecksumAddress
from web3 import Web3
from web3.contract import Contract
from web3.types import BlockIdentifier, TxParams, Wei

from escrow.gas import GasLedger
from escrow.reverts import ErrorTable
from escrow.rpc import open_connection, rpc_errors, shown_url
from escrow.sending import Receipt, send_and_wait
from escrow.signers import Signer, UnlockedSigner, checked_address
from proofs.encoding import keccak256
from proofs.errors import ChainError

Abi = Sequence[Mapping[str, Any]]


class Chain:
    """A connected chain. Build it with ``Chain.connect``.

    Attributes:
        w3: the underlying web3 connection.
        chain_id: the chain's own id, read at connecting.
        url: the RPC address; may contain a provider's key, so show ``shown_url(url)`` instead.
        ledger: gas of every transaction sent through this object.
        errors: custom errors of all contracts bound so far.
        is_anvil: whether the node is anvil, whose clock can be moved.
    """

    def __init__(
        self, w3: Web3, url: str, chain_id: int, *, is_anvil: bool, receipt_timeout_s: float, confirmations: int
    ) -> None:
        self.w3 = w3
        self.url = url
        self.chain_id = chain_id
        self.is_anvil = is_anvil
        self.ledger = GasLedger()
        self.errors = ErrorTable()
        self.receipt_timeout_s = receipt_timeout_s
        self.confirmations = confirmations
        self.nonce_lock = threading.Lock()

    @classmethod
    def connect(
        cls,
        url: str,
        *,
        expected_chain_id: int | None = None,
        timeout_s: float = 10.0,
        receipt_timeout_s: float = 180.0,
        confirmations: int = 0,
    ) -> Self:
        """Connect and read the chain id.

        Args:
            url: http(s) address of the JSON-RPC end point.
            expected_chain_id: the chain the job is on; None accepts any.
            timeout_s: seconds allowed per request.
            receipt_timeout_s: seconds to wait for a transaction to be mined.
            confirmations: further blocks to wait for after the one that has the transaction.

        Raises:
            ChainError: unreachable, not an Ethereum node, or another chain than expected.
            InvalidInput: ``url`` is no http(s) address.
        """
        w3 = open_connection(url, timeout_s)
        with rpc_errors(url, "connecting", ErrorTable()):
            chain_id = w3.eth.chain_id
            is_anvil = w3.client_version.startswith("anvil")
        if expected_chain_id is not None and chain_id != expected_chain_id:
            raise ChainError(
                f"{shown_url(url)} is chain {chain_id}, the job is on chain {expected_chain_id}; "
                "give the RPC address of that chain"
            )
        return cls(
            w3, url, chain_id, is_anvil=is_anvil, receipt_timeout_s=receipt_timeout_s, confirmations=confirmations
        )

    def dev_signers(self) -> tuple[UnlockedSigner, ...]:
        """The accounts whose keys the node holds. Raises ChainError when it holds none, as every real node."""
        with rpc_errors(self.url, "listing accounts", self.errors):
            signers = tuple(UnlockedSigner(account) for account in self.w3.eth.accounts)
        if not signers:
            raise ChainError(f"{shown_url(self.url)} unlocks no accounts; use a keystore file")
        return signers

    def now(self) -> int:
        """Unix time that a block mined now would carry, never before the latest block's."""
        with rpc_errors(self.url, "reading the clock", self.errors):
            latest, pending = self.w3.eth.get_block("latest"), self.w3.eth.get_block("pending")
            return max(int(latest["timestamp"]), int(pending["timestamp"]))

    def block_number(self) -> int:
        """Number of the latest block."""
        with rpc_errors(self.url, "reading the block number", self.errors):
            return int(self.w3.eth.block_number)

    def block_time(self, block: BlockIdentifier) -> int:
        """Unix time of a block."""
        with rpc_errors(self.url, "reading a block", self.errors):
            return int(self.w3.eth.get_block(block)["timestamp"])

    def balance(self, address: str, block: BlockIdentifier = "latest") -> int:
        """Wei that ``address`` holds."""
        with rpc_errors(self.url, "reading a balance", self.errors):
            return int(self.w3.eth.get_balance(checked_address(address), block))

    def code(self, address: str) -> bytes:
        """Code stored at ``address``; empty for an account without any."""
        with rpc_errors(self.url, "reading code", self.errors):
            return bytes(self.w3.eth.get_code(checked_address(address)))

    def codehash(self, address: str) -> bytes:
        """keccak-256 of the code at ``address``, as ``extcodehash``. Raises ChainError when there is no code."""
        code = self.code(address)
        if not code:
            raise ChainError(f"no contract at {address} on chain {self.chain_id}; check the address and the chain")
        return keccak256(code)

    def contract(self, address: str, abi: Abi) -> Contract:
        """A web3 contract object; its custom errors become readable in every revert from here on."""
        self.errors.learn(abi)
        return self.w3.eth.contract(address=checked_address(address), abi=list(abi), decode_tuples=True)

    def read(self, contract: Contract, name: str, *args: object, block: BlockIdentifier = "latest") -> Any:
        """The result of a view function. Raises ChainError when the contract is not there, Reverted when it refuses."""
        with rpc_errors(self.url, name, self.errors):
            return contract.get_function_by_name(name)(*args).call(block_identifier=block)

    def transact(
        self,
        signer: Signer,
        contract: Contract,
        name: str,
        *args: object,
        step: str,
        value_wei: int = 0,
        gas_limit: int | None = None,
    ) -> Receipt:
        """Call a contract function in a transaction and wait until it is mined.

        Args:
            signer: who sends and pays.
            step: name of the step, for messages and the gas ledger.
            value_wei: wei sent along.
            gas_limit: gas to allow; None estimates, and then a refusal costs nothing because it is never sent.

        Raises:
            Reverted: the contract refused; the reason is decoded.
            ResourceExceeded: it needs more than 16,777,216 gas.
            ChainError: unreachable, insufficient funds, not mined in time.
        """
        transaction: TxParams = {
            "to": contract.address,
            "data": contract.encode_abi(name, args),
            "value": Wei(value_wei),
        }
        return send_and_wait(self, signer, transaction, step=step, gas_limit=gas_limit)

    def deploy(
        self, signer: Signer, abi: Abi, bytecode: bytes, *args: object, step: str, gas_limit: int | None = None
    ) -> tuple[ChecksumAddress, Receipt]:
        """Deploy a contract; returns its address. Raises as ``transact``.

        Raises:
            ResourceExceeded: also when the code is above 24,576 bytes.
        """
        self.errors.learn(abi)
        factory = self.w3.eth.contract(abi=list(abi), bytecode=bytecode)
        transaction: TxParams = {"data": factory.constructor(*args).data_in_transaction, "value": Wei(0)}
        receipt = send_and_wait(self, signer, transaction, step=step, gas_limit=gas_limit)
        if receipt.contract is None:
            raise ChainError(f"{step}: the node reports no contract address; check the node")
        return receipt.contract, receipt

    def send_ether(self, signer: Signer, to: str, value_wei: int, *, step: str = "transfer") -> Receipt:
        """Plain transfer of ``value_wei`` to ``to``. Raises as ``transact``."""
        transaction: TxParams = {"to": checked_address(to), "value": Wei(value_wei)}
        return send_and_wait(self, signer, transaction, step=step, gas_limit=None)
