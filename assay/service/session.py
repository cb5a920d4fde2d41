"""Who may ask: the round's client signs a session once and sends the signature with every question.

Each question uses up an index of the round, so a stranger could spend it. The bearer token is ``UNTIL.SIGNATURE``, with
the Unix time in decimal and 65 bytes of hex over the EIP-712 struct ``Session(bytes32 jobId,uint64 validUntil)`` in the
round's domain. It binds no server: whoever sees it can ask until then, so it travels over TLS or a loopback only.
"""

from __future__ import annotations

import re
import time

from eth_account.signers.local import LocalAccount

from assay.service.problems import Problem
from assay.service.round import Round
from protocols.eip712 import TypedFields, TypedValues, recover_signer, sign_typed
from protocols.errors import MessageRejected
from protocols.predictions.signing import check_form

SESSION_TYPES: dict[str, TypedFields] = {
    "Session": [{"name": "jobId", "type": "bytes32"}, {"name": "validUntil", "type": "uint64"}]
}
LIFETIME_S = 86_400
SKEW_S = 60
_TOKEN = re.compile(r"Bearer ([1-9][0-9]{0,12})\.([0-9a-f]{130})")
_REMEMBERED = 64


def make_token(account: LocalAccount, of: Round, valid_until: int) -> str:
    """The bearer token of a session that ends at ``valid_until`` (Unix seconds). A secret until then."""
    signature = sign_typed(account, of.domain, SESSION_TYPES, _values(of, valid_until))
    return f"{valid_until}.{signature.hex()}"


class Doorkeeper:
    """Checks tokens of one round; remembers the good ones, as recovering a signer takes a moment."""

    def __init__(self, of: Round) -> None:
        self._round = of
        self._good: set[str] = set()

    def admit(self, header: str | None) -> None:
        """Pass a request with this Authorization header (untrusted). Raises Problem('unauthorised')."""
        found = _TOKEN.fullmatch(header or "")
        if found is None:
            raise Problem("unauthorised", "send 'Authorization: Bearer UNTIL.SIGNATURE', as `assay client ask` does")
        until, now = int(found[1]), time.time()
        if not now < until <= now + LIFETIME_S + SKEW_S:
            raise Problem("unauthorised", f"the session must end within {LIFETIME_S} s from now; sign another")
        if found[0] in self._good:
            return
        self._check(until, bytes.fromhex(found[2]))
        if len(self._good) >= _REMEMBERED:
            self._good.clear()
        self._good.add(found[0])

    def _check(self, until: int, signature: bytes) -> None:
        values = _values(self._round, until)
        try:
            signer = recover_signer(self._round.domain, SESSION_TYPES, values, check_form(signature))
        except MessageRejected as error:
            raise Problem("unauthorised", str(error)) from None
        if signer != self._round.terms.client:
            raise Problem("unauthorised", f"the session is signed by {signer}, not by the round's client")


def _values(of: Round, valid_until: int) -> TypedValues:
    return {"jobId": of.job_id, "validUntil": valid_until}
