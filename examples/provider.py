"""The provider: commits its model, offers rounds of predictions with it, answers one, and stands for its answers.

    python examples/provider.py --rpc http://127.0.0.1:8545 --channel /tmp/round/channel --home /tmp/round/provider

Shares with the client the chain, the channel folder and the address of its service, nothing else. Killed at any point,
the same command goes on. Answers come from a process of their own, so that no proof holds them up.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eth_account import Account

from assay.accounts import account
from assay.service.host import hosted_round, integer_model, listen, rehearse, serve
from assay.service.provider_record import ServiceRecord
from assay.service.round import Round
from assay.service.watch import ChainGate
from escrow.chain import Chain
from escrow.parties.corpus_listing import Prices
from escrow.parties.predictions.check import check_rounds, publish_rounds
from escrow.parties.predictions.listing import RoundListing
from escrow.parties.predictions.provider import Provider, ProvidersMailbox
from escrow.predictions import PredictionEscrow
from proofs.commitment.input_format import InputFormat
from proofs.errors import AssayError
from proofs.files import write_atomic
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.commit import CommitOptions
from proofs.halo2.lifeline import tie_to_parent
from proofs.halo2.secret_model import SecretModel, read_secret_model, write_secret_model
from proofs.onnx_check import require_supported
from protocols.accuracy.describe import ether
from protocols.predictions.view import Limits

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "examples" / "models" / "digits_mlp.onnx"


def main() -> None:
    """Answer one round."""
    options = arguments()
    chain = Chain.connect(options.rpc)
    signer = account(chain, options.keystore, None if options.keystore else options.dev_account)
    before = chain.balance(signer.address)

    model = committed_model(options, owner=bytes.fromhex(signer.address[2:]))
    path = options.channel / "rounds.listing"
    known = RoundListing.from_bytes(path.read_bytes()) if path.exists() else None
    escrow = PredictionEscrow(chain, json.loads((options.channel / "contracts.json").read_text())["predictions"])
    prices = Prices(proving_cost=options.proving_cost, price=options.price, max_deposit=options.max_deposit)
    listing = publish_rounds(chain, signer, model.commitment, escrow, prices, known=known)
    write_atomic(path, listing.to_bytes())
    say(f"answers are on sale for {ether(options.price)} each")

    checked = check_rounds(chain, listing)
    state = options.home / "jobs"
    mailbox = ProvidersMailbox(options.channel, state, checked, str(signer.address))
    job_id = mailbox.next(time.monotonic() + options.wait)
    party = Provider(
        checked,
        signer,
        state,
        options.channel,
        Limits(margin_s=options.margin, credit=options.credit),
        say,
        model=model,
        record=ServiceRecord(options.home / "answers"),
        job_id=job_id,
        prove_s=30,
    )
    of = Round(party.domain, party.terms, checked.view)
    with service(options, of, bytes(signer.account.key)):
        why = party.run()
    say(f"{why}; balance changed by {ether(chain.balance(signer.address) - before)}, gas included")


@contextmanager
def service(options: argparse.Namespace, of: Round, key: bytes) -> Iterator[None]:
    """The service, as a process that ends with this one."""
    arguments = (os.getpid(), options, of.to_bytes(), key)
    child = multiprocessing.get_context("spawn").Process(target=answer, args=arguments, daemon=True)
    child.start()
    try:
        yield
    finally:
        child.terminate()
        child.join()


def answer(parent: int, options: argparse.Namespace, round_file: bytes, key: bytes) -> None:
    """In the child: answer while the chain says that the round is served."""
    tie_to_parent(parent)
    of = Round.from_bytes(round_file)
    model = read_secret_model(options.home / "model.commit", options.model.read_bytes())
    integers = integer_model(model)
    rehearse(model, integers)
    hosted = hosted_round(of, model, integers, Account.from_key(key), min(options.credit, of.terms.round))
    gate = ChainGate(Chain.connect(options.rpc), [of], options.margin)
    listener = listen("127.0.0.1", options.port)
    serve([hosted], options.home / "answers", listener, gate, lambda: say(f"answering on port {options.port}"))


def committed_model(options: argparse.Namespace, owner: bytes) -> SecretModel:
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
    parser.add_argument("--channel", type=Path, required=True, help="folder shared with clients")
    parser.add_argument("--home", type=Path, required=True, help="private folder: commitment, journals, answers")
    parser.add_argument("--port", type=int, default=8080, help="where the service listens on this machine")
    parser.add_argument("--model", type=Path, default=MODEL, help="ONNX classifier (default: digits)")
    parser.add_argument("--batch", type=int, default=8, help="examples per proof of accuracy; rounds have their own")
    parser.add_argument("--scale-bits", type=int, default=10, help="fixed-point bits")
    parser.add_argument("--proofs", type=int, default=16, help="proofs the commitment may make")
    parser.add_argument("--proving-cost", type=int, default=10**13, help="Z, wei; a contest pays 2Z")
    parser.add_argument("--price", type=int, default=10**14, help="wei per answer")
    parser.add_argument("--max-deposit", type=int, default=10**18, help="most wei to lock")
    parser.add_argument("--credit", type=int, default=16, help="answers given without a receipt")
    parser.add_argument("--margin", type=int, default=20, help="seconds kept in hand before every deadline")
    parser.add_argument("--wait", type=float, default=86_400, help="seconds to wait for an offer")
    parser.add_argument("--dev-account", type=int, default=1, help="anvil's development account")
    parser.add_argument("--keystore", type=Path, help="encrypted key, on any other chain")
    return parser.parse_args()


def say(text: str) -> None:
    """One line of what happens."""
    print(f"provider: {text}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except AssayError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
