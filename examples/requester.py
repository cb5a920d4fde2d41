"""The requester: checks what is on sale, and buys every document of one class.

    python examples/requester.py --rpc http://127.0.0.1:8545 --channel /tmp/sale/channel --home /tmp/sale/requester

Shares with the responder the chain and the channel folder, nothing else. Killed at any point, the same command goes on.
With --sample N it buys N random documents instead: the audit to make before saying what one is looking for.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from assay.accounts import account
from escrow.chain import Chain
from escrow.parties.corpus_check import CheckedCorpus, check_corpus, task_of
from escrow.parties.corpus_listing import CorpusListing
from escrow.parties.requester import STAY_ONLINE, Requester
from escrow.parties.retrieval_terms import Wishes, retrieval_terms
from proofs.canonical import to_hex
from proofs.errors import AssayError, ProtocolViolation
from proofs.predicate import CLASS, Predicate
from protocols.accuracy.describe import ether
from protocols.retrieval.view import Limits


def main() -> None:
    """Buy once."""
    options = arguments()
    chain = Chain.connect(options.rpc)
    signer = account(chain, options.keystore, None if options.keystore else options.dev_account)
    before = chain.balance(signer.address)

    predicate = None if options.sample else Predicate(CLASS, options.wanted)
    checked = offered(chain, options, predicate)
    say(f"corpus {to_hex(checked.listing.corpus.root)}: its circuit, rebuilt here, is the one on chain")
    wishes = Wishes(
        cap=options.sample or min(options.cap, checked.listing.corpus.total),
        window_s=options.window,
        complain_window_s=options.complain_window,
    )
    terms = retrieval_terms(checked, str(signer.address), predicate, wishes)
    say(f"{predicate or 'a random sample'}; {ether(terms.requester_funds)} to lock; {STAY_ONLINE}")
    party = Requester(
        checked,
        signer,
        options.home / "jobs",
        options.channel,
        Limits(top_up_wei=options.top_up),
        say,
        terms=terms,
        valid_until=chain.now() + options.window,
    )
    why = party.run()
    say(f"{why}: {len(party.sold())} of {terms.total} documents, in {party.documents}")
    say(f"balance changed by {ether(chain.balance(signer.address) - before)}, gas included")


def offered(chain: Chain, options: argparse.Namespace, predicate: Predicate | None) -> CheckedCorpus:
    """The corpus on sale, its circuit rebuilt and compared with the chain: nothing is believed."""
    path, give_up = options.channel / "corpus.listing", time.monotonic() + options.wait
    while not path.exists():
        if time.monotonic() > give_up:
            raise ProtocolViolation(f"nothing is on sale in {options.channel}; is the responder using the same folder?")
        time.sleep(0.5)
    tasks = () if predicate is None else (task_of(predicate),)
    return check_corpus(chain, CorpusListing.from_bytes(path.read_bytes()), tasks)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rpc", required=True, help="JSON-RPC address of the chain")
    parser.add_argument("--channel", type=Path, required=True, help="folder shared with the responder")
    parser.add_argument("--home", type=Path, required=True, help="private folder: journals, keys, documents bought")
    parser.add_argument("--class", dest="wanted", type=int, default=3, help="class of the documents wanted")
    parser.add_argument("--sample", type=int, default=0, help="buy this many random documents instead")
    parser.add_argument("--cap", type=int, default=4, help="matches paid for in advance")
    parser.add_argument("--top-up", type=int, default=10**17, help="most wei paid for matches above the cap")
    parser.add_argument("--window", type=int, default=3600, help="seconds each step may take")
    parser.add_argument("--complain-window", type=int, help="seconds for complaints (default: as every step)")
    parser.add_argument("--wait", type=float, default=86_400, help="seconds to wait for a corpus on sale")
    parser.add_argument("--dev-account", type=int, default=2, help="anvil's development account")
    parser.add_argument("--keystore", type=Path, help="encrypted key, on any other chain")
    return parser.parse_args()


def say(text: str) -> None:
    """One line of what happens."""
    print(f"requester: {text}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except AssayError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
