"""The client's way to a round proof: asked for again and again until it is there, refused, or too late."""

from __future__ import annotations

import asyncio
import time

import httpx
from eth_account.signers.local import LocalAccount

from assay.service.client import safe_url
from assay.service.round import Round
from assay.service.session import LIFETIME_S, make_token
from escrow.parties.predictions.records import ServiceAway
from proofs.canonical import to_hex
from proofs.errors import InvalidInput
from protocols.predictions.round_proof import MAX_ROUND_PROOF_BYTES

POLL_S = 1.0
TIMEOUT_S = 120.0
"""Of one request: a proof of some megabytes over a slow line."""
_MADE, _PENDING, _BUSY = 200, 202, 503
_MAX_PROBLEM_BYTES = 1 << 16


def fetch_round_proof(url: str, of: Round, account: LocalAccount, wait_s: float) -> bytes:
    """The message as it came, unverified.

    Args:
        account: the client's key (secret). wait_s: seconds after which it is too late.

    Raises:
        ServiceAway: none came in time; another attempt may bring one. InvalidInput: the provider has none to give.
    """
    address = f"{safe_url(url)}/v1/jobs/{to_hex(of.job_id)}/proof"
    headers = {
        "Accept-Encoding": "identity",
        "Authorization": f"Bearer {make_token(account, of, int(time.time()) + LIFETIME_S)}",
    }
    return asyncio.run(_fetch(address, headers, time.monotonic() + wait_s))


async def _fetch(address: str, headers: dict[str, str], until: float) -> bytes:
    reason = "it was not asked for"
    async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as http:
        while True:
            try:
                async with asyncio.timeout(max(0.1, min(TIMEOUT_S, until - time.monotonic()))):
                    status, raw = await _get(http, address, headers)
            except (httpx.HTTPError, httpx.InvalidURL, ValueError, TimeoutError) as error:  # redirects are parsed
                status, raw, reason = _BUSY, b"", f"{type(error).__name__}: {error}"
            else:
                reason = f"status {status}: {_printable(raw)}"
            if status == _MADE:
                return raw
            if status not in (_PENDING, _BUSY):
                raise InvalidInput(f"the provider gives no proof of the round: {reason}")
            if time.monotonic() + POLL_S >= until:
                raise ServiceAway(f"no proof of the round came in time: {reason}")
            await asyncio.sleep(POLL_S)


async def _get(http: httpx.AsyncClient, address: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """Status and body of a response of bounded length."""
    async with http.stream("GET", address, headers=headers) as response:
        limit = MAX_ROUND_PROOF_BYTES if response.status_code == _MADE else _MAX_PROBLEM_BYTES
        parts, size = [], 0
        async for part in response.aiter_raw():
            size += len(part)
            if size > limit:
                raise InvalidInput(f"the provider gives no proof of the round: it sent more than {limit} bytes")
            parts.append(part)
        return response.status_code, b"".join(parts)


def _printable(raw: bytes) -> str:
    return "".join(c for c in raw.decode("utf-8", "replace") if c.isprintable())[:300]
