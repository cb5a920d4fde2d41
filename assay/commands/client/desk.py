"""What every chain command of the client begins with: output, chain, account, folders, and the listing it was given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assay.accounts import account
from assay.commands.party import public_weights
from assay.commands.retrieval_options import amount, require_gas
from assay.output import Output, read_bytes
from escrow.chain import Chain
from escrow.parties.predictions.check import CheckedRounds, check_rounds
from escrow.parties.predictions.client import Client
from escrow.parties.predictions.listing import RoundListing
from escrow.parties.predictions.records import Questions
from escrow.parties.predictions.round_terms import RoundWishes, round_terms
from escrow.signers import LocalSigner
from proofs.errors import InvalidInput
from proofs.files import write_atomic
from protocols.eip712 import Domain
from protocols.predictions.terms import MAX_ROUND, MIN_BETA
from protocols.predictions.view import Limits

if TYPE_CHECKING:
    from assay.service.round import Round

ROUND = "round"
"""The round file's name in the folder of a round."""
RoundFolderOption = Annotated[
    Path, typer.Option("--state", metavar="DIR", help="Private folder of this one round: journal, questions, answers.")
]
ContestsOption = Annotated[int, typer.Option(min=1, max=MAX_ROUND, help="K1, most answers you may contest.")]
WindowOption = Annotated[int, typer.Option(min=1, help="Seconds to ask and to contest, from the acceptance on.")]
ProveWindowOption = Annotated[
    int | None, typer.Option(min=1, help="Seconds for the proofs after that (default: --window).")
]
AcceptWindowOption = Annotated[int | None, typer.Option(min=1, help="Seconds to accept (default: --window).")]
BetaOption = Annotated[int, typer.Option(min=MIN_BETA, help="The provider deposits beta*K*Z.")]
PriceOption = Annotated[int | None, typer.Option(min=0, help="Price of an answer (default: the listing's).")]
FeeOption = Annotated[int | None, typer.Option(min=0, help="Fee of each side (default: K*P/99 in ether, 0 in tokens).")]
RecipientOption = Annotated[str, typer.Option(help="Who gets the fees (default: burned).")]
NonceOption = Annotated[
    int | None, typer.Option(min=0, help="For a second round on equal terms (default: derived from the terms).")
]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a client works on one round."""

    output: Output
    chain: Chain
    signer: LocalSigner
    state: Path
    channel: Path
    checked: CheckedRounds

    @classmethod
    def open(
        cls,
        json: str | None,
        rpc: str,
        keystore: Path | None,
        dev: int | None,
        listing: Path,
        state: Path,
        channel: Path,
        model: Path | None,
    ) -> Desk:
        """Connect, and check the listing; nothing in it is believed."""
        output, chain = Output(json), Chain.connect(rpc)
        signer = account(chain, keystore, dev)
        listed = RoundListing.from_bytes(read_bytes(listing, "listing"))
        require_gas(chain, str(signer.address), listed.prices.token)
        with output.progress("check the listing") as stages:
            checked = check_rounds(chain, listed, weights=public_weights(listed.model, model), progress=stages.stage)
        return cls(output, chain, signer, state, channel, checked)

    def new_round(self, wishes: RoundWishes) -> Round:
        """The round wished for; its file is put into the folder."""
        from assay.service.round import Round
        from assay.service.store import private_folder

        terms = round_terms(self.checked, str(self.signer.address), wishes)
        escrow = self.checked.escrow
        terms.check_against_escrow(escrow.address, escrow.min_window())
        of = Round(Domain(self.chain.chain_id, escrow.address), terms, self.checked.view)
        self.output.say(f"nonce {terms.nonce}; {amount(terms.client_funds, terms.token)} to lock")
        path = self.state / ROUND
        if path.exists() and path.read_bytes() != of.to_bytes():
            raise InvalidInput(f"{self.state} is the folder of another round; name an empty one for this round")
        private_folder(self.state)
        write_atomic(path, of.to_bytes())
        return of

    def known_round(self) -> Round:
        """The round of this folder, opened before. Raises InvalidInput: it was not."""
        from assay.service.round import Round

        of = Round.from_bytes(read_bytes(self.state / ROUND, "round", 1 << 20))
        if self.checked.escrow.job(of.job_id).state == 0:
            raise InvalidInput(f"the round in {self.state} is not on the chain; run `assay client open` first")
        return of

    def party(self, of: Round, questions: Questions, count: int, limits: Limits, group: int = 1) -> Client:
        """The client's driver for a round."""
        return Client(
            self.checked,
            self.signer,
            self.state,
            self.channel,
            limits,
            self.output.say,
            terms=of.terms,
            valid_until=self.chain.now() + of.terms.accept_window,
            questions=questions,
            count=count,
            group=group,
        )
