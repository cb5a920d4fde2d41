"""What an end-to-end test plays in: a chain, its contracts, a committed model, and a folder for each side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from escrow.accuracy import AccuracyEscrow
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.registry import ModelRegistry
from escrow.signers import LocalSigner
from proofs.budget import Budget
from proofs.commitment.input_format import InputFormat
from proofs.halo2.secret_model import SecretModel
from protocols.accuracy.plan import STAKE_FACTOR, Costs

NOBODY, SELLER, BUYER = 0, 1, 2
SHAPE = InputFormat((8,), scale_bits=7, classes=3, batch=2)
TOTAL, PROOFS, MIN_WINDOW_S = 6, 32, 3600
STAKE = STAKE_FACTOR * TOTAL * Costs().example


@dataclass
class World:
    """What a test plays in. ``root`` holds channel, seller's and buyer's folders."""

    chain: Chain
    escrow: AccuracyEscrow
    registry: ModelRegistry
    root: Path
    model: SecretModel
    spent_before: int

    @property
    def channel(self) -> Path:
        return self.root / "channel"

    @property
    def seller(self) -> LocalSigner:
        return dev_account(self.chain, SELLER)

    @property
    def buyer(self) -> LocalSigner:
        return dev_account(self.chain, BUYER)

    @property
    def budget(self) -> Budget:
        return Budget(self.model.commitment.weights_commitment, self.model.description.budget)

    def fees(self, who: str) -> int:
        """Wei ``who`` has paid for gas since the chain began."""
        total = 0
        for number in range(self.chain.block_number() + 1):
            for transaction in self.chain.w3.eth.get_block(number, full_transactions=True)["transactions"]:
                if transaction["from"] == who:
                    receipt = self.chain.w3.eth.get_transaction_receipt(transaction["hash"])
                    total += receipt["gasUsed"] * receipt["effectiveGasPrice"]
        return total

    def deployments(self, who: str) -> int:
        """Contracts ``who`` has created."""
        blocks = range(self.chain.block_number() + 1)
        found = [t for n in blocks for t in self.chain.w3.eth.get_block(n, full_transactions=True)["transactions"]]
        return sum(t["from"] == who and t.get("to") is None for t in found)
