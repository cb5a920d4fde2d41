"""Proofs of the sumcheck backend, honest and not: what a bundle says is what was proven, about these commitments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pytest
from helpers import tiny_sumcheck
from helpers.tiny_hiding import hidden, hidden_score
from helpers.tiny_sumcheck import CONTEXT, NAMES, SHARD, TOTAL, committed, inputs, network, proven, subject
from tamper_manifest import MALFORMED, flip_hex

from proofs.bundle import MAGIC, VERSION
from proofs.canonical import canonical_bytes, parse_canonical, to_hex
from proofs.container import Sections, pack, unpack
from proofs.errors import MalformedProof, RejectedProof
from proofs.networks.execution import logits as run_network
from proofs.read_bundle import read_bundle
from proofs.statements.sumcheck import SumcheckStatement
from proofs.statements.sumcheck_claims import Logits, Score, Selection
from proofs.sumcheck_backend import subjects
from proofs.sumcheck_backend.answers import logits_bytes, logits_digest, selected_bytes, selected_digest
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.questions import ranked_within, satisfying
from proofs.sumcheck_backend.verifying import verify

HIDDEN = "hidden score"
ANY = "a check of the protocol"
"""The statement is absorbed whole, so a change that no comparison catches fails where the first challenge is used."""


def verdict(
    raw: bytes, model: NetworkCommitment | None = None, data: DataCommitment | None = None
) -> tuple[str, int | None]:
    try:
        bundle = read_bundle(raw)
        assert isinstance(bundle, SumcheckBundle)
        verify(bundle, model or subject().model.commitment, data or subject().data)
    except MalformedProof:
        return MALFORMED, None
    except RejectedProof as rejection:
        return rejection.check, rejection.batch
    return "accepted", None


def honest(name: str) -> SumcheckBundle:
    """A proof of one of ``NAMES`` in the open, or of the score in zero-knowledge mode."""
    return hidden_score() if name == HIDDEN else proven(name)


def about(name: str) -> tuple[NetworkCommitment, DataCommitment]:
    """The commitments an honest bundle is about."""
    own = hidden() if name == HIDDEN else subject()
    return own.model.commitment, own.data


def own_logits() -> np.ndarray:
    model = subject().model
    return run_network(model.commitment.network, model.weights, subject().examples.arrays(slice(None))[0])


@pytest.mark.parametrize("name", NAMES)
def test_honest_bundles_are_accepted_and_right(name: str) -> None:
    bundle, model = proven(name), subject().model.commitment
    assert verdict(bundle.to_bytes()) == ("accepted", None)
    found = verify(bundle, model, subject().data)
    assert 100 <= found.soundness.total_bits <= found.soundness.worst_bits < 103
    assert len(bundle.proofs) == len(bundle.statement.shards) == 4
    claim, logits = bundle.statement.claim, own_logits()
    if isinstance(claim, Score):
        right = ranked_within(logits, subject().examples.labels, claim.top_k)
        assert (claim.correct, sum(claim.counts)) == (right.sum(), right.sum())
        assert 0 < claim.correct < TOTAL, "an example of each kind"
    elif isinstance(claim, Logits):
        assert (bundle.logits == logits).all()
    else:
        wanted = satisfying(logits, claim.predicate)
        assert (bundle.selected == wanted).all() and 0 < wanted.sum() < TOTAL


@dataclass(frozen=True)
class Tamper:
    name: str
    key: str
    change: Callable[[Any], Any]
    expected: str

    @property
    def id(self) -> str:
        return f"{self.name}: {self.key}: {self.expected}"


def lines(name: str, **changes: tuple[Callable[[Any], Any], str]) -> list[Tamper]:
    return [Tamper(name, key, change, expected) for key, (change, expected) in changes.items()]


COMMON: dict[str, tuple[Callable[[Any], Any], str]] = {
    "version": (lambda v: v + 1, MALFORMED),
    "backend": (lambda _: "halo2", MALFORMED),
    "zero_knowledge": (lambda v: not v, "statement-zero_knowledge"),
    "soundness_bits": (lambda v: v - 1, "soundness"),
    "labelled": (lambda v: not v, "statement-labelled"),
    "network": (flip_hex, "statement-network"),
    "model": (flip_hex, "statement-model"),
    "weights": (flip_hex, "statement-weights"),
    "model_rows": (lambda v: v + 1, "statement-model_rows"),
    "log_columns": (lambda v: v + 1, "statement-log_columns"),
    "data": (flip_hex, "statement-data"),
    "format": (flip_hex, "statement-format"),
    "total": (lambda v: v + 1, MALFORMED),
    "chunk": (lambda v: v + 1, "statement-chunk"),
    "shard": (lambda v: v + 1, MALFORMED),
    "context": (flip_hex, ANY),
}
SCORE = {
    **COMMON,
    "protocol": (lambda _: "assay/inference", MALFORMED),
    "labelled": (lambda v: not v, MALFORMED),
    "top_k": (lambda v: v + 1, ANY),
    "at_least": (lambda v: v - 1, ANY),
    "correct": (lambda v: v + 1, MALFORMED),
    "counts": (lambda v: v[::-1], ANY),
}
LOGITS = {
    **COMMON,
    "protocol": (lambda _: "assay/retrieval", MALFORMED),
    "classes": (lambda v: v + 1, MALFORMED),
    "outputs": (flip_hex, "statement-outputs"),
}
CLASS = {
    **COMMON,
    "total": (lambda v: v - 1, "statement-total"),
    "protocol": (lambda _: "assay/accuracy", MALFORMED),
    "predicate": (lambda v: {**v, "selected": 1}, ANY),
    "selected": (flip_hex, "statement-selected"),
}
THRESHOLD = {"predicate": (lambda v: {**v, "threshold": v["threshold"] - 1}, ANY)}
TAMPERS = [
    *lines("score", **SCORE), *lines(HIDDEN, **SCORE), *lines("logits", **LOGITS), *lines("class", **CLASS),
    *lines("threshold", **THRESHOLD),
]  # fmt: skip


def in_statement(raw: bytes, key: str, change: Callable[[Any], Any]) -> bytes:
    sections = unpack(raw, MAGIC, VERSION, "bundle")
    value = parse_canonical(sections[0][1], "statement")
    value[key] = change(value[key])
    return pack(MAGIC, VERSION, [(b"STMT", canonical_bytes(value)), *sections[1:]])


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.id)
def test_tampered_statement_is_refused(tamper: Tamper) -> None:
    raw, trusted = honest(tamper.name).to_bytes(), about(tamper.name)
    check, shard = verdict(in_statement(raw, tamper.key, tamper.change), *trusted)
    if tamper.expected == ANY:
        assert shard == 0 and check != "accepted"
    else:
        assert check == tamper.expected


@pytest.mark.parametrize("name", ["score", HIDDEN, "logits", "class"])
def test_every_key_of_a_statement_has_a_line(name: str) -> None:
    assert set(honest(name).statement.to_json()) <= {tamper.key for tamper in TAMPERS if tamper.name == name}
    assert {field.name for field in fields(SumcheckBundle)} == {"statement", "answers", "proofs"}
    assert {field.name for field in fields(SumcheckStatement)} - {"claim"} <= set(COMMON)


def restated(bundle: SumcheckBundle, answers: bytes, **claim: Any) -> SumcheckBundle:
    """A liar's bundle: other answers, with the digests that go with them."""
    statement = replace(bundle.statement, claim=replace(bundle.statement.claim, **claim))
    return replace(bundle, statement=statement, answers=answers)


@pytest.mark.parametrize("place", [0, 4, 20])
def test_other_logits_are_refused(place: int) -> None:
    honest = proven("logits")
    logits = honest.logits.copy()
    logits.reshape(-1)[place] -= 1
    raw = logits_bytes(logits)
    assert verdict(replace(honest, answers=raw).to_bytes()) == ("statement-outputs", None)
    assert verdict(restated(honest, raw, outputs=logits_digest(raw)).to_bytes())[1] == 0
    logits.reshape(-1)[place] = subject().model.commitment.network.tensors[-1].high + 1
    raw = logits_bytes(logits)
    assert verdict(restated(honest, raw, outputs=logits_digest(raw)).to_bytes()) == ("outputs-range", None)


@pytest.mark.parametrize("name", ["class", "threshold"])
@pytest.mark.parametrize("place", [0, TOTAL - 1])
def test_another_selection_is_refused(name: str, place: int) -> None:
    honest = proven(name)
    bits = honest.selected.copy()
    bits[place] = not bits[place]
    raw = selected_bytes(bits)
    assert verdict(replace(honest, answers=raw).to_bytes()) == ("statement-selected", None)
    assert verdict(restated(honest, raw, selected=selected_digest(raw)).to_bytes())[1] == 0


def test_another_count_is_refused() -> None:
    honest = proven("score")
    claim = honest.statement.claim
    assert isinstance(claim, Score)
    assert claim.counts == (2, 1, 1, 1)
    for counts in ((2, 2, 1, 1), (1, 1, 1, 1), (2, 1, 0, 2), (1, 2, 1, 1)):
        lie = restated(honest, b"", counts=counts, correct=sum(counts))
        assert verdict(lie.to_bytes())[1] == 0, "every shard absorbs the whole statement"


def test_an_inference_is_no_accuracy() -> None:
    """The very proofs of one claim under the other's statement."""
    score, logits = proven("score"), proven("logits")
    for own, other in ((score, logits), (logits, score)):
        check, shard = verdict(replace(own, proofs=other.proofs).to_bytes())
        assert check == MALFORMED or shard == 0
    claim = Score(1, TOTAL, TOTAL, tuple(shard.overall.count for shard in logits.statement.shards))
    lie = SumcheckBundle(replace(logits.statement, claim=claim), b"", logits.proofs)
    assert verdict(lie.to_bytes()) != ("accepted", None)


def test_a_shard_is_no_other_shard() -> None:
    honest = proven("logits")
    first, second, *rest = honest.proofs
    assert verdict(replace(honest, proofs=(second, first, *rest)).to_bytes())[1] == 0
    assert verdict(replace(honest, proofs=(first, first, *rest)).to_bytes())[1] == 1
    assert verdict(replace(honest, proofs=honest.proofs[:-1]).to_bytes()) == (MALFORMED, None)


def test_shards_of_two_bundles_do_not_mix() -> None:
    """The same shard of the same data under another context."""
    honest = proven("logits")
    other = tiny_sumcheck.proven_under(bytes(32))
    assert verdict(other.to_bytes()) == ("accepted", None)
    mixed = replace(honest, proofs=(other.proofs[0], *honest.proofs[1:]))
    assert verdict(mixed.to_bytes())[1] == 0


@pytest.mark.parametrize("name", ["score", HIDDEN])
@pytest.mark.parametrize("place", [0, 31, 100, 1 / 3, 2 / 3, -1])
def test_no_byte_of_a_proof_may_change(place: float, name: str) -> None:
    bundle = honest(name)
    proof = bytearray(bundle.proofs[2])
    proof[place if isinstance(place, int) else int(place * len(proof))] ^= 1
    spoilt = replace(bundle, proofs=(*bundle.proofs[:2], bytes(proof), *bundle.proofs[3:]))
    check, shard = verdict(spoilt.to_bytes(), *about(name))
    assert check == MALFORMED or shard == 2


@pytest.mark.parametrize("name", ["score", HIDDEN])
@pytest.mark.parametrize("change", [lambda p: p[:-1], lambda p: p + b"\0", lambda p: b"\0", lambda p: b"\xff" * len(p)])
def test_proofs_of_another_length_are_malformed(change: Callable[[bytes], bytes], name: str) -> None:
    bundle = honest(name)
    spoilt = replace(bundle, proofs=(change(bundle.proofs[0]), *bundle.proofs[1:]))
    assert verdict(spoilt.to_bytes(), *about(name))[0] == MALFORMED


def test_a_proof_of_one_mode_is_none_of_the_other() -> None:
    """The very proofs of one mode under the statement and the commitments of the other."""
    for name, other in (("score", HIDDEN), (HIDDEN, "score")):
        lie = replace(honest(name), proofs=honest(other).proofs)
        check, shard = verdict(lie.to_bytes(), *about(name))
        assert check == MALFORMED or shard == 0
        assert verdict(honest(other).to_bytes(), *about(name)) == ("statement-zero_knowledge", None)


def test_modes_of_model_and_examples_are_compared_first() -> None:
    model, data = about(HIDDEN)
    assert verdict(honest(HIDDEN).to_bytes(), model, replace(data, block=0)) == ("hiding", None)
    assert verdict(honest(HIDDEN).to_bytes(), replace(model, block=0), data) == ("hiding", None)
    both = replace(model, block=0), replace(data, block=0)
    assert verdict(honest(HIDDEN).to_bytes(), *both) == ("statement-zero_knowledge", None)


def test_another_model_is_refused() -> None:
    other = network(1).commitment
    own = subject().model.commitment
    assert verdict(proven("score").to_bytes(), model=other)[0] in ("input-format", "statement-network")
    wrong_root = replace(own, weights_commitment=bytes(32))
    assert verdict(proven("score").to_bytes(), model=wrong_root)[0] == "statement-model"
    lie = replace(proven("score").statement, model=wrong_root.model_id, weights=wrong_root.weights_commitment)
    raw = replace(proven("score"), statement=lie).to_bytes()
    assert verdict(raw, model=wrong_root)[1] == 0


def data_of(order: list[int], labels: Callable[[Any], Any] = lambda y: y) -> DataCommitment:
    x, y = inputs()
    return committed(x[order], labels(y[order]))[1]


ORDER = list(range(TOTAL))
OTHER_DATA = {
    "another order": (lambda: data_of([1, 0, *ORDER[2:]]), "statement-data"),
    "one cut off": (lambda: data_of(ORDER[:-1]), "statement-total"),
    "one doubled": (lambda: data_of([*ORDER, 0]), "statement-total"),
    "one in another's place": (lambda: data_of([0, 0, *ORDER[2:]]), "statement-data"),
    "another label": (lambda: data_of(ORDER, lambda y: np.append(y[:-1], (y[-1] + 1) % 3)), "statement-data"),
    "no labels": (lambda: committed(inputs()[0], None)[1], "statement-labelled"),
    "other chunks": (lambda: committed(*inputs(), chunk=4)[1], "statement-chunk"),
}


@pytest.mark.parametrize("name", OTHER_DATA)
def test_other_examples_are_refused(name: str) -> None:
    make, expected = OTHER_DATA[name]
    assert verdict(proven("score").to_bytes(), data=make()) == (expected, None)


@pytest.mark.parametrize("name", ["another order", "one in another's place", "another label"])
def test_other_examples_are_refused_where_the_statement_names_them(name: str) -> None:
    """The liar states the other commitment's root: the opened columns are not under it."""
    data = OTHER_DATA[name][0]()
    honest = proven("score")
    lie = replace(honest, statement=replace(honest.statement, data=data.root))
    assert verdict(lie.to_bytes(), data=data)[1] is not None


def test_rows_of_another_length_are_refused() -> None:
    other = replace(subject().data, log_columns=subject().data.log_columns + 1)
    assert verdict(proven("score").to_bytes(), data=other)[0] == "log-columns"


def test_another_input_format_is_refused() -> None:
    own = subject().data
    other = replace(own, format=replace(own.format, high=own.format.high + 1))
    assert verdict(proven("score").to_bytes(), data=other)[0] == "input-format"


def test_logits_are_as_many_as_the_network_has() -> None:
    honest = proven("logits")
    raw = logits_bytes(np.hstack([honest.logits, honest.logits[:, :1]]))
    lie = restated(honest, raw, classes=4, outputs=logits_digest(raw))
    assert verdict(lie.to_bytes()) == ("statement-classes", None)


def test_no_more_bits_are_claimed_than_the_rounds_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """An honest proof under a statement that boasts."""
    monkeypatch.setattr(subjects, "SOUNDNESS_BITS", 120)
    boast = tiny_sumcheck.proven_under(b"\1" * 32)
    assert boast.statement.soundness_bits == 120
    monkeypatch.undo()
    assert verdict(boast.to_bytes()) == ("soundness", None)


def test_what_nobody_can_prove_is_rejected_not_an_error() -> None:
    honest = proven("threshold")
    claim = honest.statement.claim
    assert isinstance(claim, Selection)
    lie = restated(honest, honest.answers, predicate=replace(claim.predicate, threshold=1 << 23))
    assert verdict(lie.to_bytes()) == ("instance", 0)


def test_sections_may_not_be_called_something_else() -> None:
    def renamed(sections: Sections) -> Sections:
        return [(b"SUMC" if name == b"SHRD" else name, payload) for name, payload in sections]

    raw = pack(MAGIC, VERSION, renamed(unpack(proven("logits").to_bytes(), MAGIC, VERSION, "bundle")))
    assert verdict(raw) == (MALFORMED, None)


def test_selections_are_about_classes_there_are() -> None:
    honest = proven("class")
    claim = honest.statement.claim
    assert isinstance(claim, Selection)
    lie = restated(honest, honest.answers, predicate=replace(claim.predicate, selected=3))
    assert verdict(lie.to_bytes()) == ("predicate", None)


def test_the_best_of_all_classes_says_nothing() -> None:
    assert verdict(restated(proven("score"), b"", top_k=3).to_bytes()) == ("statement-top_k", None)


def test_the_statement_holds_what_was_asked() -> None:
    statement = proven("score").statement
    assert statement.context == CONTEXT and statement.shard == SHARD and not statement.zero_knowledge
    assert to_hex(subject().data.root) == statement.to_json()["data"]
