"""The seller: commits its model, puts it on sale, and serves one audit.

    python examples/seller.py --rpc http://127.0.0.1:8545 --channel /tmp/audit/channel --home /tmp/audit/seller

Shares with the buyer the chain and the channel folder, nothing else. Killed at any point, the same command goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from assay.accounts import account
from escrow.accuracy import AccuracyEscrow
from escrow.chain import Chain
from escrow.parties.listing import Listing, check_listing, publish
from escrow.parties.offers import next_offer
from escrow.parties.seller import Seller
from proofs.canonical import to_hex
from proofs.commitment.input_format import InputFormat
from proofs.errors import AssayError
from proofs.files import write_atomic
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.commit import CommitOptions
from proofs.halo2.secret_model import SecretModel, read_secret_model, write_secret_model
from proofs.onnx_check import require_supported
from protocols.accuracy.describe import ether
from protocols.accuracy.view import Limits

DIGITS = Path(__file__).resolve().parent / "models" / "digits_mlp.onnx"


def main() -> None:
    """Sell one audit."""
    options = arguments()
    chain = Chain.connect(options.rpc)
    signer = account(chain, options.keystore, None if options.keystore else options.dev_account)
    before = chain.balance(signer.address)

    model = committed(options, owner=bytes.fromhex(signer.address[2:]))
    say(f"model {to_hex(model.commitment.model_id)}")

    listing_path = options.channel / "model.listing"
    known = Listing.from_bytes(listing_path.read_bytes()) if listing_path.exists() else None
    escrow = AccuracyEscrow(chain, json.loads((options.channel / "contracts.json").read_text())["escrow"])
    listing = publish(chain, signer, model.commitment, escrow, options.stake, known=known)
    write_atomic(listing_path, listing.to_bytes())
    say(f"on sale with {ether(options.stake)} at stake")

    checked = check_listing(chain, listing)
    job_id = next_offer(
        options.channel, checked, signer.address, options.home / "jobs", time.monotonic() + options.wait
    )
    limits = Limits(margin_s=60, prove_s=60)
    party = Seller(checked, signer, options.home / "jobs", options.channel, limits, say, model=model, job_id=job_id)
    why = party.run()
    say(f"{why}; balance changed by {ether(chain.balance(signer.address) - before)}, gas included")


def committed(options: argparse.Namespace, owner: bytes) -> SecretModel:
    """The model with its commitment: made on the first run, the same ever after."""
    path, onnx = options.home / "model.commit", options.model.read_bytes()
    if path.exists():
        return read_secret_model(path, onnx)
    report = require_supported(onnx, "halo2", scale_bits=options.scale_bits)
    shape = InputFormat(tuple(report.input_shape), options.scale_bits, report.classes, options.batch)
    model = Halo2Backend(say).commit_model(onnx, shape, CommitOptions(proofs=options.proofs, owner=owner))
    write_secret_model(path, model)
    return model


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rpc", required=True, help="JSON-RPC address of the chain")
    parser.add_argument("--channel", type=Path, required=True, help="folder shared with buyers")
    parser.add_argument("--home", type=Path, required=True, help="private folder: commitment, journals, keys")
    parser.add_argument("--model", type=Path, default=DIGITS, help="ONNX classifier (default: digits)")
    parser.add_argument("--batch", type=int, default=8, help="examples per proof")
    parser.add_argument("--scale-bits", type=int, default=10, help="fixed-point bits")
    parser.add_argument("--proofs", type=int, default=16, help="proofs the commitment may make")
    parser.add_argument("--stake", type=int, default=10 * 10**18, help="wei at stake on the model")
    parser.add_argument("--wait", type=float, default=86_400, help="seconds to wait for an offer")
    parser.add_argument("--dev-account", type=int, default=1, help="anvil's development account")
    parser.add_argument("--keystore", type=Path, help="encrypted key, on any other chain")
    return parser.parse_args()


def say(text: str) -> None:
    """One line of what happens."""
    print(f"seller: {text}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except AssayError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
