"""The client's record of a round and its way to the service, as the party that acts on the chain wants them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence

from eth_account.signers.local import LocalAccount

from assay.service.client import RoundClient
from assay.service.client_record import ClientRecord
from assay.service.round import Round
from assay.service.selection import mismatches
from escrow.parties.predictions.records import ServiceAway
from proofs.errors import InvalidInput
from proofs.integer import IntegerModel
from protocols.predictions.answers import SignedAnswer


class KeptAnswers:
    """What was asked and answered before; nothing more is asked.

    Args:
        record: of the round. own: the client's own copy of the model, if it has one: answers it contradicts are
            thought wrong. named: answers thought wrong for reasons of the client's.
    """

    def __init__(self, record: ClientRecord, own: IntegerModel | None = None, named: Collection[int] = ()) -> None:
        self.record, self.own, self.named = record, own, frozenset(named)

    def received(self) -> frozenset[int]:
        """Indices with a checked, signed answer."""
        return self.record.answered()

    def answer(self, index: int) -> SignedAnswer:
        """A received answer."""
        return self.record.answer(index)

    def ask(self, indices: Sequence[int]) -> Mapping[int, str]:
        """Nothing is asked any more. Raises ServiceAway."""
        raise ServiceAway(f"no service was named to ask question {indices[0]} of")

    def send_receipt(self, answered: int) -> None:
        """Whoever asked has sent it."""

    def suspicious(self, indices: Collection[int]) -> Collection[int]:
        """Those of these received answers that this client thinks wrong."""
        named = self.named & frozenset(indices)
        if self.own is None:
            return named
        asked = [self.record.question(index) for index in indices]
        answers = {index: self.record.answer(index) for index in indices}
        return named | set(mismatches(self.own, asked, answers))


class HttpQuestions(KeptAnswers):
    """Asks the provider's service.

    Args:
        url: the service. account: the client's key (secret).
    """

    def __init__(
        self,
        url: str,
        of: Round,
        account: LocalAccount,
        record: ClientRecord,
        own: IntegerModel | None = None,
        named: Collection[int] = (),
    ) -> None:
        super().__init__(record, own, named)
        self._url, self._round, self._account = url, of, account
        self._asking()  # refuses a bad address now

    def ask(self, indices: Sequence[int]) -> Mapping[int, str]:
        """Ask these questions at once and record what comes; see ``Questions.ask``."""
        asked = [self.record.question(index) for index in indices]
        return asyncio.run(self._asking().ask_some(asked))

    def send_receipt(self, answered: int) -> None:
        """Sign for ``answered`` answers and send it. Raises ServiceAway when the provider has not taken it."""
        try:
            asyncio.run(self._asking().send_receipt(answered))
        except InvalidInput as error:  # a provider that does not want to be paid now may want to later
            raise ServiceAway(str(error)) from None

    def _asking(self) -> RoundClient:
        """A session of its own each time: a round may outlast one."""
        return RoundClient(self._url, self._round, self._account, self.record)
