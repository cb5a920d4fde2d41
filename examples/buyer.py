"""The buyer: commits a labelled test set, checks what is on sale, and buys one audit.

    python examples/buyer.py --rpc http://127.0.0.1:8545 --channel /tmp/audit/channel --home /tmp/audit/buyer

Shares with the seller the chain and the channel folder, nothing else. Killed at any point, the same command goes on.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from assay.accounts import account
from assay.data import load_labelled
from escrow.chain import Chain
from escrow.parties.audit_terms import audit_terms
from escrow.parties.buyer import Buyer
from escrow.parties.listing import Checked, Listing, check_listing
from proofs.canonical import to_hex
from proofs.commitment.input_format import InputFormat
from proofs.commitment.secret_files import read_test_set, write_test_set
from proofs.commitment.single_use import require_unused
from proofs.commitment.test_set import TestSet, commit_test_set
from proofs.errors import AssayError, ProtocolViolation
from proofs.halo2.backend import Halo2Backend
from protocols.accuracy.describe import ether
from protocols.accuracy.plan import STAKE_FACTOR, Costs
from protocols.accuracy.view import Limits

DIGITS = Path(__file__).resolve().parents[1] / "datasets" / "digits_test.npz"


def main() -> None:
    """Buy one audit."""
    options = arguments()
    chain = Chain.connect(options.rpc)
    signer = account(chain, options.keystore, None if options.keystore else options.dev_account)
    before = chain.balance(signer.address)

    checked = offered(chain, options)
    say(f"model {to_hex(checked.listing.commitment.model_id)}: its circuit, rebuilt here, is the one on chain")
    test_set = committed(options, checked.description.format)
    say(f"test set {to_hex(test_set.commitment.root)}: {test_set.total} examples")

    costs = Costs()
    terms = audit_terms(
        checked,
        signer.address,
        test_set.commitment,
        target=options.target,
        costs=costs,
        window_s=options.window,
        min_stake=STAKE_FACTOR * test_set.total * costs.example,
    )
    say(f"at least {terms.target} of {terms.total}, deposit {ether(terms.deposit)}, price {ether(terms.payment)}")
    party = Buyer(
        checked,
        signer,
        options.home / "jobs",
        options.channel,
        Limits(),
        say,
        terms=terms,
        test_set=test_set,
        valid_until=chain.now() + options.window,
    )
    why = party.run()
    status = checked.escrow.job(party.job.job_id)
    say(f"{why}: {status.correct} of {terms.total} proven right, {terms.target} asked for")
    say(f"balance changed by {ether(chain.balance(signer.address) - before)}, gas included")


def offered(chain: Chain, options: argparse.Namespace) -> Checked:
    """The model on sale, rebuilt from its public description and compared with the chain: nothing is believed."""
    path, give_up = options.channel / "model.listing", time.monotonic() + options.wait
    while not path.exists():
        if time.monotonic() > give_up:
            raise ProtocolViolation(f"no model is on sale in {options.channel}; is the seller using the same folder?")
        time.sleep(0.5)
    return check_listing(chain, Listing.from_bytes(path.read_bytes()))


def committed(options: argparse.Namespace, shape: InputFormat) -> TestSet:
    """The first examples of the data under fresh salts: committed on the first run, the same ever after."""
    path = options.home / "data.commit"
    if path.exists():
        return read_test_set(path)
    x, y = load_labelled(options.data)
    test_set = commit_test_set(x[: options.examples], y[: options.examples], shape, Halo2Backend().hash_examples)
    if not options.allow_reuse:
        require_unused(test_set)
    write_test_set(path, test_set)
    return test_set


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rpc", required=True, help="JSON-RPC address of the chain")
    parser.add_argument("--channel", type=Path, required=True, help="folder shared with the seller")
    parser.add_argument("--home", type=Path, required=True, help="private folder: test set, journals, keys")
    parser.add_argument("--data", type=Path, default=DIGITS, help="labelled examples (default: digits)")
    parser.add_argument("--examples", type=int, default=16, help="how many of them to commit")
    parser.add_argument("--target", type=int, default=14, help="right answers the seller must prove")
    parser.add_argument("--window", type=int, default=3600, help="seconds each step may take")
    parser.add_argument("--wait", type=float, default=86_400, help="seconds to wait for a model on sale")
    parser.add_argument("--allow-reuse", action="store_true", help="accept examples opened to somebody before")
    parser.add_argument("--dev-account", type=int, default=2, help="anvil's development account")
    parser.add_argument("--keystore", type=Path, help="encrypted key, on any other chain")
    return parser.parse_args()


def say(text: str) -> None:
    """One line of what happens."""
    print(f"buyer:  {text}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except AssayError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
