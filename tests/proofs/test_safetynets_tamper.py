"""The manifest for SafetyNets bundles, run: every mutation is refused by the check that should refuse it."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from helpers import tiny_safetynets
from helpers.tiny_safetynets import OWN, ProvenNetwork
from safetynets_tamper_manifest import CNN, ELEMENT, MESSAGES, MLP, PRIMES, TAMPERS, SafetyTamper
from tamper_manifest import MALFORMED

from assay.cli import run
from proofs.errors import MalformedProof, RejectedProof
from proofs.read_bundle import read_bundle
from proofs.safetynets_backend import network_of, verify_bundle
from proofs.safetynets_bundle import SafetyNetsBundle
from proofs.safetynets_inputs import integers_of
from proofs.statements.safetynets import SafetyNets
from proofs.sumcheck.exchange import Receive, Received, Verifier
from proofs.sumcheck.fields import Integers, field
from proofs.sumcheck.interactive import rehearse
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck.safetynets.verifier import verify

CLI_MUTATIONS = ("one more, restated", "magic", "all zero", "wider", "branch 0, element 0, one more", "dropped")
CLI_CASES = [t for t in TAMPERS if t.subject == CNN and t.mutation in CLI_MUTATIONS and "claim 1" not in t.field]


def proven(subject: str) -> ProvenNetwork:
    found: ProvenNetwork = getattr(tiny_safetynets, subject)()
    return found


@cache
def held_by_the_verifier(subject: str) -> tuple[Network, Integers]:
    network = network_of(proven(subject).onnx, OWN)
    return network, integers_of(network, proven(subject).x)[0]


def verdict(raw: bytes, subject: str) -> str:
    try:
        bundle = read_bundle(raw)
        assert isinstance(bundle, SafetyNetsBundle)
        verify_bundle(bundle, *held_by_the_verifier(subject))
    except MalformedProof:
        return MALFORMED
    except RejectedProof as rejection:
        return rejection.check
    return "accepted"


@pytest.mark.parametrize("subject", [CNN, MLP])
def test_honest_bundle_is_accepted(subject: str) -> None:
    honest = proven(subject).bundle
    assert read_bundle(honest.to_bytes()) == honest
    assert verdict(honest.to_bytes(), subject) == "accepted"
    assert len(honest.statement.fields) == len(PRIMES[subject])


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.id)
def test_tampered_bundle_is_refused(tamper: SafetyTamper) -> None:
    honest = proven(tamper.subject).bundle.to_bytes()
    changed = tamper.apply(honest)
    assert changed != honest
    assert verdict(changed, tamper.subject) == tamper.expected


def test_every_field_has_a_line() -> None:
    covered = {tamper.field for tamper in TAMPERS}
    assert {field.name for field in fields(SafetyNetsBundle)} == {"statement", "outputs", "proof"}
    keys = set(proven(CNN).bundle.statement.to_json()) | {field.name for field in fields(SafetyNets)}
    assert {f"statement.{key}" for key in keys} | {"outputs", "proof", "bundle"} <= covered


@pytest.mark.parametrize("subject", [CNN, MLP])
def test_every_message_has_its_lines(subject: str) -> None:
    """The messages as the verifier asks for them are the manifest's, and make up the whole proof."""
    asked: list[Receive] = []
    network = held_by_the_verifier(subject)[0]
    prime_field = field(network.fields()[0])
    outputs = np.zeros((len(proven(subject).x), network.classes), np.int64)
    rehearse([(listening(verify(network, prime_field, outputs), asked), prime_field.scalars)])
    assert [(m.label, m.elements) for m in MESSAGES[subject]] == [(r.label, r.elements) for r in asked]
    elements = sum(request.elements for request in asked) * len(PRIMES[subject])
    assert elements * ELEMENT == len(proven(subject).bundle.proof)


def listening(verifier: Verifier[object], asked: list[Receive]) -> Verifier[object]:
    request = next(verifier)
    try:
        while True:
            asked.append(request)
            received: Received = yield request
            request = verifier.send(received)
    except StopIteration as end:
        return end.value


@pytest.mark.parametrize("tamper", CLI_CASES, ids=lambda tamper: tamper.id)
def test_assay_verify_exit_codes(tamper: SafetyTamper, tmp_path: Path) -> None:
    subject = proven(tamper.subject)
    (tmp_path / "model.onnx").write_bytes(subject.onnx)
    np.savez(tmp_path / "data.npz", x=subject.x)
    (tmp_path / "proof.assay").write_bytes(tamper.apply(subject.bundle.to_bytes()))
    words = ["verify", tmp_path / "proof.assay", "--model", tmp_path / "model.onnx", "--data", tmp_path / "data.npz"]
    assert run([str(word) for word in words]) == (3 if tamper.expected == MALFORMED else 2)
