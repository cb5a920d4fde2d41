"""The client: checks what is on offer, asks for a few predictions, contests some of them, and pays for the rest.

    python examples/client.py --rpc http://127.0.0.1:8545 --channel /tmp/round/channel --home /tmp/round/client

Shares with the provider the chain, the channel folder and the address of its service, nothing else. Killed at any
point, the same command goes on. With --model FILE, a copy of the model, it contests whatever contradicts that copy.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from assay.accounts import account
from assay.service.asking import HttpQuestions
from assay.service.client_record import ClientRecord
from assay.service.round import Round
from escrow.chain import Chain
from escrow.parties.predictions.check import CheckedRounds, check_rounds
from escrow.parties.predictions.client import Client
from escrow.parties.predictions.listing import RoundListing
from escrow.parties.predictions.round_terms import RoundWishes, round_terms
from proofs.commitment.secret_files import read_arrays
from proofs.errors import AssayError, ProtocolViolation
from proofs.integer import IntegerModel
from proofs.integer.limits import MAX_VALUE
from protocols.accuracy.describe import ether
from protocols.eip712 import Domain
from protocols.predictions.view import Limits

DIGITS = Path(__file__).resolve().parents[1] / "datasets" / "digits_test.npz"


def main() -> None:
    """Buy one round."""
    options = arguments()
    chain = Chain.connect(options.rpc)
    signer = account(chain, options.keystore, None if options.keystore else options.dev_account)
    before = chain.balance(signer.address)

    checked = offered(chain, options)
    say("the provider's circuit, rebuilt here, is the one on chain")
    raw = checked.view.quantise(read_arrays(options.data, {"x"}, "data")["x"][: options.questions])
    wishes = RoundWishes(
        round=len(raw),
        contests=max(options.contests, 1),
        round_window_s=options.window,
        prove_window_s=options.prove_window,
    )
    terms = round_terms(checked, str(signer.address), wishes)
    say(f"{terms.round} questions, {terms.contests} contests; {ether(terms.client_funds)} to lock")
    of = Round(Domain(chain.chain_id, checked.escrow.address), terms, checked.view)
    record = ClientRecord(options.home / "asked", of)
    record.put_questions(raw)
    party = Client(
        checked,
        signer,
        options.home / "jobs",
        options.channel,
        Limits(margin_s=options.margin, contest_s=options.contest_s, audit=options.contests),
        say,
        terms=terms,
        valid_until=chain.now() + options.window,
        questions=HttpQuestions(options.service, of, signer.account, record, own_model(options, checked)),
        count=len(raw),
    )
    why = party.run()
    classes = [max(range(terms.outputs), key=signed.outputs.__getitem__) for signed in record.answers().values()]
    record.close()
    say(f"{why}; classes of the {len(classes)} inputs answered: {classes}")
    say(f"balance changed by {ether(chain.balance(signer.address) - before)}, gas included")


def offered(chain: Chain, options: argparse.Namespace) -> CheckedRounds:
    """What is on offer, its circuit rebuilt and compared with the chain: nothing is believed."""
    path, give_up = options.channel / "rounds.listing", time.monotonic() + options.wait
    while not path.exists():
        if time.monotonic() > give_up:
            raise ProtocolViolation(f"nothing is on offer in {options.channel}; does the provider use the same folder?")
        time.sleep(0.5)
    return check_rounds(chain, RoundListing.from_bytes(path.read_bytes()))


def own_model(options: argparse.Namespace, checked: CheckedRounds) -> IntegerModel | None:
    """The client's copy of the model, if it has one."""
    if options.model is None:
        return None
    return IntegerModel.compile_onnx(options.model.read_bytes(), checked.view.scale_bits, MAX_VALUE)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rpc", required=True, help="JSON-RPC address of the chain")
    parser.add_argument("--channel", type=Path, required=True, help="folder shared with the provider")
    parser.add_argument("--home", type=Path, required=True, help="private folder: journals, questions, answers")
    parser.add_argument("--service", default="http://127.0.0.1:8080", help="address of the provider's service")
    parser.add_argument(
        "--data", type=Path, default=DIGITS, help="NumPy file with x, an input per row (default: digits)"
    )
    parser.add_argument("--questions", type=int, default=16, help="how many of its rows to ask about")
    parser.add_argument("--contests", type=int, default=2, help="answers drawn at random and contested")
    parser.add_argument("--model", type=Path, help="own copy of the model: answers it contradicts are contested")
    parser.add_argument("--window", type=int, default=180, help="seconds to ask and contest")
    parser.add_argument("--prove-window", type=int, default=600, help="seconds for the proofs after that")
    parser.add_argument("--margin", type=int, default=20, help="seconds kept in hand before every deadline")
    parser.add_argument("--contest-s", type=int, default=60, help="seconds of the round kept for contests")
    parser.add_argument("--wait", type=float, default=86_400, help="seconds to wait for an offer")
    parser.add_argument("--dev-account", type=int, default=2, help="anvil's development account")
    parser.add_argument("--keystore", type=Path, help="encrypted key, on any other chain")
    return parser.parse_args()


def say(text: str) -> None:
    """One line of what happens."""
    print(f"client: {text}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except AssayError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
