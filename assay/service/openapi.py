"""The service's OpenAPI document, written by hand: the wire is small and strict, and this is its reference."""

from __future__ import annotations

from typing import Any

from assay.service.delegation.wire import PROTOCOL, VERSION
from assay.service.problems import KINDS, MEDIA_TYPE

_HEX32 = {"type": "string", "pattern": "^0x[0-9a-f]{64}$"}
_DECIMAL = {"type": "string", "pattern": "^(0|-?[1-9][0-9]*)$"}
_SIGNATURE = {"type": "string", "pattern": "^0x[0-9a-f]{130}$"}
_JOB = {"name": "job", "in": "path", "required": True, "schema": _HEX32, "description": "The job id."}
_COUNT = {"type": "integer", "minimum": 0}
_SESSION = {
    "type": "http",
    "scheme": "bearer",
    "description": "UNTIL.SIGNATURE: Unix seconds at most a day ahead, and 65 bytes of hex, "
    "the client's EIP-712 signature of Session(bytes32 jobId,uint64 validUntil).",
}
_ABOUT_ROUNDS = (
    "Predictions of a committed model, each signed by its provider, who must be able to prove any of them on chain. "
    "An index of the round is answered for one input only. "
)
_ABOUT_NETWORKS = (
    "Open networks, listed under /v1/networks, are run for clients that hold them and proven to each in a conversation "
    "over the websocket /v1/delegations (docs/service.md, Delegation)."
)
Schema = dict[str, Any]


def document(rounds: bool = True, proofs: bool = False) -> Schema:
    """OpenAPI 3.1 as a JSON object.

    Args:
        rounds: whether the service answers prediction rounds, or runs open networks only.
        proofs: whether it proves rounds at once.
    """
    paths = {**(_rounds() if rounds else {}), **(_proofs() if proofs else {}), **_networks(), **_health()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Assay prediction service" if rounds else "Assay delegation service",
            "version": "1",
            "description": (_ABOUT_ROUNDS if rounds else "") + _ABOUT_NETWORKS,
        },
        "paths": paths,
        "components": {
            "schemas": {**_requests(), **_answers(), **_reports()},
            "securitySchemes": {"session": _SESSION},
        },
    }


def _rounds() -> Schema:
    return {
        "/v1/jobs/{job}": {"get": _operation("The round, and how far it is", "Job", [404])},
        "/v1/jobs/{job}/answers": {
            "post": _operation(
                "Ask one question; the answer is on the provider's disk before it is sent",
                "Answer",
                [400, 401, 402, 404, 409, 413, 415, 422, 503],
                "Question",
                signed=True,
            )
        },
        "/v1/jobs/{job}/receipts": {
            "post": _operation(
                "Sign for the answers that came; only the highest count matters",
                "Receipted",
                [400, 404, 413, 415, 503],
                "Receipt",
            )
        },
    }


def _proofs() -> Schema:
    found = _operation("One proof of all answers given so far, made when asked for", "Pending", [401, 404, 409, 503])
    found["responses"]["202"] = found["responses"].pop("200") | {"description": "It is being made; ask again"}
    binary = {"application/octet-stream": {"schema": {"$ref": "#/components/schemas/RoundProof"}}}
    found["responses"]["200"] = {"description": "Done", "content": binary}
    found["security"] = [{"session": []}]
    return {"/v1/jobs/{job}/proof": {"get": found}}


def _networks() -> Schema:
    upgrade = _operation("A websocket: have a network run, and be convinced of its outputs", "Hello", [503], job=False)
    upgrade["responses"]["101"] = upgrade["responses"].pop("200") | {"description": "The client says hello first"}
    return {
        "/v1/networks": {"get": _operation("The networks that are run here", "Networks", [], job=False)},
        "/v1/delegations": {"get": upgrade},
    }


def _health() -> Schema:
    summary = "Whether answers can be given, and their cost"
    return {"/health": {"get": _operation(summary, "Health", [503], job=False)}}


def _operation(
    summary: str, result: str, statuses: list[int], body: str | None = None, *, signed: bool = False, job: bool = True
) -> Schema:
    answers: Schema = {"200": {"description": "Done", "content": _json(result)}}
    for status in statuses:
        titles = [title for code, title in KINDS.values() if code == status]
        problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
        answers[str(status)] = {"description": "; ".join(titles), "content": {MEDIA_TYPE: problem}}
    found: Schema = {"summary": summary, "responses": answers}
    if job:
        found["parameters"] = [_JOB]
    if body is not None:
        found["requestBody"] = {"required": True, "content": _json(body)}
    if signed:
        found["security"] = [{"session": []}]
    return found


def _json(name: str) -> Schema:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _object(description: str, **properties: Schema) -> Schema:
    return {
        "type": "object",
        "description": description,
        "required": sorted(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def _requests() -> Schema:
    return {
        "Question": _object(
            "One input: row-major numbers, and the salt that makes its hash hiding.",
            index=_COUNT,
            salt={"type": "string", "pattern": "^0x([0-9a-f]{4})*$"},
            x={"type": "array", "items": {"type": "number"}},
        ),
        "Receipt": _object(
            "Canonical JSON: sorted keys, no spaces.",
            receipt=_object("What the client signs.", answered=_DECIMAL, job_id=_HEX32),
            signature=_SIGNATURE,
        ),
    }


def _answers() -> Schema:
    statement = _object("What the provider signs.", h=_DECIMAL, index=_DECIMAL, job_id=_HEX32, outputs_hash=_HEX32)
    signed = _object(
        "Canonical JSON of the signed answer; outputs are integers at output_scale_bits.",
        answer=statement,
        outputs={"type": "array", "items": _DECIMAL},
        signature=_SIGNATURE,
    )
    chosen: Schema = {"class": _COUNT}
    return {
        "Answer": _object("The first largest output is the class.", signed=signed, output_scale_bits=_COUNT, **chosen),
        "Receipted": _object("Answers under a receipt now.", receipted=_COUNT),
        "Pending": _object("A proof in the making.", state={"const": "proving"}),
        "RoundProof": {
            "type": "string",
            "format": "binary",
            "description": "Job, network, indices and proof: docs/protocol-predictions.md, Rounds proven at once.",
        },
        "Networks": _object("Every network run here.", networks={"type": "array", "items": _network()}),
        "Hello": _object(
            "Canonical JSON, a websocket's first text message; then the inputs, the outputs, the rounds.",
            network=_HEX32,
            protocol={"const": PROTOCOL},
            total={"type": "integer", "minimum": 1},
            version={"const": VERSION},
        ),
    }


def _network() -> Schema:
    integer: Schema = {"type": "integer"}
    return _object(
        "Integers between input_low and input_high go in; most_inputs examples at a time.",
        network=_HEX32,
        input_shape={"type": "array", "items": integer},
        input_low=integer,
        input_high=integer,
        classes=_COUNT,
        fields={"type": "array", "items": {"type": "string"}},
        most_inputs=_COUNT,
    )


def _reports() -> Schema:
    kinds = [f"urn:assay:problem:{kind}" for kind in KINDS]
    return {
        "Job": _object(
            "A round and its progress; closed says why no question is taken now.",
            job_id=_HEX32,
            round={"type": "object"},
            answered=_COUNT,
            receipted=_COUNT,
            credit=_COUNT,
            output_scale_bits=_COUNT,
            closed={"type": ["string", "null"]},
        ),
        "Health": _object(
            "Seconds by part of the work, answers and commits; empty where no round is answered.",
            status={"const": "ok"},
            costs={"type": "object"},
        ),
        "Problem": _object(
            "RFC 9457.",
            type={"enum": kinds},
            title={"type": "string"},
            status={"type": "integer"},
            detail={"type": "string"},
        ),
    }
