"""The provider's HTTP application: questions in, signed and stored answers out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from assay.service.delegation.hosted import HostedNetworks
from assay.service.delegation.routes import routes as delegation_routes
from assay.service.engine import Engine, Hosted
from assay.service.openapi import document
from assay.service.problems import HANDLERS, Problem
from assay.service.questions import Question, most_bytes, parse_question
from assay.service.reference import reference_routes
from assay.service.round_proof.workshop import Workshop
from assay.service.session import Doorkeeper
from proofs.canonical import to_hex
from protocols.canonical import decode_canonical
from protocols.predictions.answers import MAX_ANSWER_BYTES, MAX_RECEIPT_BYTES, ReceiptDesk, SignedAnswer, SignedReceipt

BODY_S = 10.0
_JOB = re.compile(r"0x[0-9a-f]{64}")


class Gate:
    """Whether a round takes questions at this moment; who watches the chain overrides ``refusal``."""

    def refusal(self, job_id: bytes) -> str | None:
        """Why the round takes no questions now, or None. Called for every question: must not block."""
        return None


class Service:
    """The endpoints over one engine."""

    def __init__(self, engine: Engine, gate: Gate, workshop: Workshop | None = None) -> None:
        self._engine, self._gate, self._workshop = engine, gate, workshop
        self._doors = {job_id: Doorkeeper(item.round) for job_id, item in engine.hosted.items()}
        self._receipts = {
            job_id: ReceiptDesk(item.round.terms, job_id, item.round.domain) for job_id, item in engine.hosted.items()
        }

    async def answer(self, request: Request) -> Response:
        """POST /v1/jobs/{job}/answers"""
        job_id, hosted = self._job(request)
        self._doors[job_id].admit(request.headers.get("authorization"))
        body = await read_body(request, most_bytes(hosted.round.view))
        question = parse_question(body, job_id, hosted.round.view, hosted.round.terms.round)
        if self._workshop is not None:
            self._workshop.require_readable(hosted.round, question)
        closed = self._gate.refusal(job_id)
        if closed is not None:
            raise Problem("round-closed", closed)
        signed = await self._done(question)
        if signed is None:
            raise Problem("failed", "no answer came; ask again")
        return JSONResponse(answer_document(signed, hosted))

    async def receipt(self, request: Request) -> Response:
        """POST /v1/jobs/{job}/receipts"""
        job_id, hosted = self._job(request)
        signed = self._receipts[job_id].open(await read_body(request, MAX_RECEIPT_BYTES))
        if signed.receipt.answered > len(hosted.used):
            raise Problem("malformed-request", f"only {len(hosted.used)} answers were given")
        if signed.receipt.answered > hosted.receipted:
            await self._done(signed)
        return JSONResponse({"receipted": hosted.receipted})

    async def proof(self, request: Request) -> Response:
        """GET /v1/jobs/{job}/proof"""
        job_id, hosted = self._job(request)
        self._doors[job_id].admit(request.headers.get("authorization"))
        if self._workshop is None:
            raise Problem("no-such-thing", "this service proves no rounds at once")
        found = await asyncio.to_thread(self._workshop.proof, hosted.round, list(hosted.used))
        if found is None:
            return JSONResponse({"state": "proving"}, 202, {"Retry-After": "1"})
        return Response(found, media_type="application/octet-stream")

    async def job(self, request: Request) -> Response:
        """GET /v1/jobs/{job}"""
        job_id, hosted = self._job(request)
        return JSONResponse(
            {
                "job_id": to_hex(job_id),
                "round": hosted.round.to_json(),
                "answered": len(hosted.used),
                "receipted": hosted.receipted,
                "credit": hosted.credit,
                "output_scale_bits": hosted.model.scale_bits,
                "closed": self._gate.refusal(job_id),
            }
        )

    async def health(self, _: Request) -> Response:
        """GET /health"""
        if self._engine.failure is not None:
            raise Problem("store-failed", self._engine.failure)
        return JSONResponse({"status": "ok", "costs": asdict(self._engine.costs)})

    def _job(self, request: Request) -> tuple[bytes, Hosted]:
        text = request.path_params["job"]
        job_id = bytes.fromhex(text[2:]) if _JOB.fullmatch(text) else b""
        hosted = self._engine.hosted.get(job_id)
        if hosted is None:
            raise Problem("no-such-thing", "this service does not answer that job; job ids are 0x and 64 hex digits")
        return job_id, hosted

    async def _done(self, content: Question | SignedReceipt) -> SignedAnswer | None:
        """Wait for the engine; a client that goes away does not undo what was committed."""
        return await asyncio.wrap_future(self._engine.submit(content))


def answer_document(signed: SignedAnswer, hosted: Hosted) -> dict[str, Any]:
    """The answer for people and programs, around the signed statement a client checks."""
    return {
        "class": signed.outputs.index(max(signed.outputs)),
        "output_scale_bits": hosted.model.scale_bits,
        "signed": decode_canonical(signed.to_json(), "answer", MAX_ANSWER_BYTES),
    }


async def read_body(request: Request, limit: int) -> bytes:
    """A JSON request body of at most ``limit`` bytes within ``BODY_S`` seconds. Raises Problem."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem("wrong-media-type", "send Content-Type: application/json")
    try:
        return await asyncio.wait_for(_collected(request, limit), BODY_S)
    except TimeoutError:
        raise Problem("malformed-request", f"the body did not arrive within {BODY_S:g} s") from None
    except ClientDisconnect:
        raise Problem("malformed-request", "the connection closed inside the body") from None


async def _collected(request: Request, limit: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise Problem("too-large", f"at most {limit} bytes are read here")
        parts.append(part)
    return b"".join(parts)


def application(
    engine: Engine,
    gate: Gate | None = None,
    networks: HostedNetworks | None = None,
    workshop: Workshop | None = None,
) -> Starlette:
    """The ASGI application; starts the engine with itself and stops it when it ends.

    Args:
        networks: hosted for delegation, beside the rounds; none unless given. workshop: makes proofs of whole rounds.
    """
    service = Service(engine, gate or Gate(), workshop)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        engine.start()
        try:
            yield
        finally:
            if workshop is not None:
                workshop.close()
            await asyncio.to_thread(engine.stop)

    routes = [
        Route("/health", service.health),
        *reference_routes(document(proofs=workshop is not None)),
        Route("/v1/jobs/{job}", service.job),
        Route("/v1/jobs/{job}/answers", service.answer, methods=["POST"]),
        Route("/v1/jobs/{job}/receipts", service.receipt, methods=["POST"]),
        Route("/v1/jobs/{job}/proof", service.proof),
        *delegation_routes(networks or HostedNetworks({})),
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers=HANDLERS)
