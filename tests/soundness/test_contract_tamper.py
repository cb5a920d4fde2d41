"""The tamper manifest against the chain: the generated verifier behind its adapter refuses what the bundle's does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.tiny_audit import Proven

from escrow.adapter import Halo2Adapter
from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.deployment import deploy_circuit
from escrow.reverts import Reverted
from escrow.solc import compile_verifier
from proofs.bundle import AccuracyBundle
from proofs.errors import MalformedProof, RejectedProof
from proofs.halo2.artefacts import build
from proofs.halo2.tag import bound_tag

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "proofs"))
from tamper_manifest import TAMPERS, Tamper

BINDINGS = {"proven": "polycommit", "proven_hashed": "hashed", "proven_fixed": "fixed"}
# What the adapter alone decides; roots, batch indices and double counting are the escrow's (tests/escrow).
ADAPTER_FIELDS = ("statement", "receipt", "batch.tag_hash", "batch.count", "batch.proof", "batch.opening.hashes")
LINES = [tamper for tamper in TAMPERS if tamper.field.startswith(ADAPTER_FIELDS)]


@pytest.fixture(scope="module")
def chain(assay_home: Path) -> Iterator[Chain]:
    with Anvil() as running:
        yield Chain.connect(running.url)


@pytest.fixture(scope="module", params=BINDINGS)
def deployed(request: pytest.FixtureRequest, chain: Chain) -> tuple[Proven, Halo2Adapter]:
    proven: Proven = request.getfixturevalue(request.param)
    description = proven.model.description
    weights = proven.model.weights if description.binding == "fixed" else None
    circuit = deploy_circuit(
        chain,
        chain.dev_signers()[0],
        compile_verifier(build(description, weights).verifier_source),
        binding=description.binding,
        points=description.points,
        scale_bits=description.format.scale_bits,
    )
    return proven, Halo2Adapter(chain, circuit.adapter)


def on_chain(adapter: Halo2Adapter, proven: Proven, bundle: AccuracyBundle) -> bool:
    """Whether the adapter takes every batch of the bundle, for the context the verifier expects."""
    tag = bound_tag(proven.bundle.statement.context, bundle.note)
    for batch in bundle.batches:
        try:
            adapter.verify(
                weights_commitment=proven.commitment.weights_commitment,
                tag=tag,
                tag_hash=batch.tag_hash,
                h=batch.opening.hashes,
                count=batch.count,
                proof=batch.proof,
            )
        except Reverted:
            return False
    return True


def off_chain(proven: Proven, bundle: AccuracyBundle) -> bool:
    try:
        proven.verify(bundle)
    except RejectedProof:
        return False
    return True


def test_both_accept_the_honest_bundle(deployed: tuple[Proven, Halo2Adapter]) -> None:
    proven, adapter = deployed
    assert on_chain(adapter, proven, proven.bundle)
    assert off_chain(proven, proven.bundle)


@pytest.mark.parametrize("tamper", LINES, ids=lambda tamper: tamper.id)
def test_the_contract_refuses_what_the_bundles_verifier_refuses(
    tamper: Tamper, deployed: tuple[Proven, Halo2Adapter]
) -> None:
    """A mutation that parses is refused by the contract: statement and receipt through the note in the tag."""
    proven, adapter = deployed
    try:
        bundle = AccuracyBundle.from_bytes(tamper.apply(proven.bundle.to_bytes()))
    except MalformedProof:
        return
    assert not on_chain(adapter, proven, bundle)


def test_every_instance_word_counts(deployed: tuple[Proven, Halo2Adapter]) -> None:
    proven, adapter = deployed
    batch = proven.bundle.batches[0]
    tag = bytearray(bound_tag(proven.bundle.statement.context, proven.bundle.note))
    honest = {
        "weights_commitment": proven.commitment.weights_commitment,
        "tag": bytes(tag),
        "tag_hash": batch.tag_hash,
        "h": batch.opening.hashes,
        "count": batch.count,
        "proof": batch.proof,
    }
    changes: list[dict[str, object]] = [{"tag_hash": batch.tag_hash + 1}, {"count": 1}, {"count": 0}]
    changes += [{"h": (*batch.opening.hashes[:i], 0, *batch.opening.hashes[i + 1 :])} for i in range(2)]
    changes += [{"tag": bytes(tag[:i]) + bytes([tag[i] ^ 1]) + bytes(tag[i + 1 :])} for i in range(32)]
    if proven.model.description.binding != "fixed":
        changes.append({"weights_commitment": bytes(31) + b"\1"})
    assert adapter.verify(**honest)  # type: ignore[arg-type]
    for change in changes:
        with pytest.raises(Reverted):
            adapter.verify(**{**honest, **change})  # type: ignore[arg-type]
