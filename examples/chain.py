"""What none of the parties owns: a local chain with registry and escrows deployed by a third account.

    python examples/chain.py --channel /tmp/audit/channel

Runs until Ctrl-C. On a real network this step is somebody's `assay deploy`, once and for everybody.
"""

from __future__ import annotations

import argparse
import json
import threading
from pathlib import Path

from escrow.accuracy import AccuracyEscrow
from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.predictions import PredictionEscrow
from escrow.registry import ModelRegistry
from escrow.retrieval import RetrievalEscrow
from proofs.files import write_atomic

NOBODY = 0  # the third party's development account
# A block for each transaction at once, and one every two seconds besides: time passes and blocks draw samples.
BLOCKS = ("--block-time", "2", "--mixed-mining")


def main() -> None:
    """Start anvil, deploy, tell both sides where the contracts are, and wait."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--channel", type=Path, required=True, help="folder both parties can reach")
    parser.add_argument("--port", type=int, default=8545)
    parser.add_argument("--min-window", type=int, default=3600, help="shortest window of any step, seconds")
    parser.add_argument("--cooldown", type=int, default=86_400, help="seconds before a stake comes back")
    options = parser.parse_args()
    with Anvil(port=options.port, extra_args=BLOCKS) as anvil:
        chain = Chain.connect(anvil.url)
        third_party = dev_account(chain, NOBODY)
        registry = ModelRegistry.deploy(chain, third_party, options.cooldown)
        escrow = AccuracyEscrow.deploy(chain, third_party, registry.address, options.min_window)
        retrieval = RetrievalEscrow.deploy(chain, third_party, options.min_window)
        predictions = PredictionEscrow.deploy(chain, third_party, options.min_window)
        contracts = {
            "chain_id": chain.chain_id,
            "registry": registry.address,
            "escrow": escrow.address,
            "retrieval": retrieval.address,
            "predictions": predictions.address,
        }
        write_atomic(options.channel / "contracts.json", json.dumps(contracts, indent=2).encode())
        print(f"chain at {anvil.url}; contracts in {options.channel / 'contracts.json'}; Ctrl-C ends it", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("chain stopped")


if __name__ == "__main__":
    main()
