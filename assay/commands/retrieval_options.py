"""Options and results that the two sides of a retrieval share."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assay.output import Output
from escrow.chain import Chain
from escrow.parties.retrieval_party import RetrievalParty
from escrow.token import Token
from proofs.canonical import to_hex
from proofs.errors import InvalidInput
from protocols.accuracy.describe import ether
from protocols.solidity import ZERO_ADDRESS

ListingOption = Annotated[Path, typer.Option(metavar="corpus.listing", help="As published; checked, not trusted.")]


def amount(units: int, token: str) -> str:
    """An amount for people: ether, or units of a token."""
    return ether(units) if token == ZERO_ADDRESS else f"{units:,} units of {token}"


def holdings(chain: Chain, token: str, who: str) -> int:
    """What an account has of a job's currency."""
    return chain.balance(who) if token == ZERO_ADDRESS else Token(chain, token).balance(who)


def settle(output: Output, party: RetrievalParty, before: int) -> None:
    """Run a party to its end and say what came of it.

    Args:
        before: what the account had in the job's currency.
    """
    why = party.run()
    chain, terms, job_id = party.chain, party.terms, party.job.job_id
    status = party.escrow.job(job_id)
    change = holdings(chain, terms.token, party.address) - before
    gas = " (gas included)" if terms.token == ZERO_ADDRESS else ""
    output.say(f"{why}; balance changed by {amount(change, terms.token)}{gas}")
    words = {name: to_hex(getattr(status, name)) for name in ("tag", "key_hash", "ciphertext_root", "key")}
    output.document(
        {
            "verdict": status.state.name.lower(),
            "job_id": to_hex(job_id),
            "job": asdict(status) | words,
            "selected": list(party.sold()),
            "token": terms.token,
            "why": why,
            "balance_change": change,
            "gas": chain.ledger.as_json(),
            "gas_used": chain.ledger.gas_of(),
        }
    )


def require_gas(chain: Chain, who: str, token: str) -> None:
    """A party paid in tokens still needs ether for gas. Raises InvalidInput when it has none."""
    if token != ZERO_ADDRESS and chain.balance(who) == 0:
        raise InvalidInput(f"{who} has no ether: tokens pay for the job, gas is paid in ether; send it some")
