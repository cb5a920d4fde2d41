"""The manifest for inference and retrieval on the chain: the adapter refuses what the bundle's verifier refuses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.tiny_outputs import ProvenOutputs

from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.outputs_adapter import Halo2OutputsAdapter
from escrow.reverts import Reverted
from escrow.solc import compile_verifier
from escrow.task_deployment import deploy_task
from proofs.errors import MalformedProof
from proofs.halo2.artefacts import build
from proofs.halo2.tag import bound_tag
from proofs.halo2.task import TaskCircuit
from proofs.outputs_bundle import OutputsBundle

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "proofs"))
from outputs_tamper_manifest import TAMPERS, OutputsTamper

# What the adapter alone decides; roots, indices, double counting and the predicate are the escrow's (tests/escrow).
ADAPTER_FIELDS = ("statement", "batch.tag_hash", "batch.words", "batch.proof", "batch.opening.hashes")
SUBJECTS = ("proven_class", "proven_inference")
LINES = [tamper for tamper in TAMPERS if tamper.field.startswith(ADAPTER_FIELDS) and tamper.subject in SUBJECTS]
Deployed = dict[str, tuple[ProvenOutputs, Halo2OutputsAdapter]]


@pytest.fixture(scope="module")
def chain(assay_home: Path) -> Iterator[Chain]:
    with Anvil() as running:
        yield Chain.connect(running.url)


@pytest.fixture(scope="module")
def deployed(request: pytest.FixtureRequest, chain: Chain) -> Deployed:
    found: Deployed = {}
    for subject in SUBJECTS:
        proven: ProvenOutputs = request.getfixturevalue(subject)
        circuit = TaskCircuit.from_json(proven.bundle.circuit)
        compiled = compile_verifier(build(circuit).verifier_source)
        adapter = deploy_task(chain, chain.dev_signers()[0], compiled, circuit).adapter
        found[subject] = (proven, Halo2OutputsAdapter(chain, adapter))
    return found


def on_chain(adapter: Halo2OutputsAdapter, proven: ProvenOutputs, bundle: OutputsBundle) -> bool:
    """Whether the adapter takes every batch of the bundle, for the context the verifier expects."""
    tag = bound_tag(proven.bundle.statement.context, bundle.note)
    for batch in bundle.batches:
        try:
            adapter.verify(
                weights_commitment=proven.commitment.weights_commitment,
                tag=tag,
                tag_hash=batch.tag_hash,
                h=batch.opening.hashes,
                outputs=batch.words,
                proof=batch.proof,
            )
        except Reverted:
            return False
    return True


@pytest.mark.parametrize("subject", SUBJECTS)
def test_both_accept_the_honest_bundle(subject: str, deployed: Deployed) -> None:
    proven, adapter = deployed[subject]
    assert on_chain(adapter, proven, proven.bundle)
    assert proven.verify()


@pytest.mark.parametrize("tamper", LINES, ids=lambda tamper: tamper.id)
def test_the_contract_refuses_what_the_bundles_verifier_refuses(tamper: OutputsTamper, deployed: Deployed) -> None:
    """A mutation that parses is refused by the contract: the statement through the note in the tag."""
    proven, adapter = deployed[tamper.subject]
    try:
        bundle = OutputsBundle.from_bytes(tamper.apply(proven.bundle.to_bytes()))
    except MalformedProof:
        return
    assert not on_chain(adapter, proven, bundle)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_instance_word_counts(subject: str, deployed: Deployed) -> None:
    """Also that nobody can move a word from one list to the next, or bring a void of one's own."""
    proven, adapter = deployed[subject]
    batch = proven.bundle.batches[0]
    tag = bound_tag(proven.bundle.statement.context, proven.bundle.note)
    honest = {
        "weights_commitment": proven.commitment.weights_commitment,
        "tag": tag,
        "tag_hash": batch.tag_hash,
        "h": batch.opening.hashes,
        "outputs": batch.words,
        "proof": batch.proof,
    }
    words, h = batch.words, batch.opening.hashes
    changes: list[dict[str, object]] = [{"tag_hash": batch.tag_hash + 1}, {"weights_commitment": bytes(31) + b"\1"}]
    changes += [{"outputs": (*words[:i], words[i] + 1, *words[i + 1 :])} for i in range(len(words))]
    changes += [{"h": (*h[:i], h[i] ^ 1, *h[i + 1 :])} for i in range(len(h))]
    changes += [{"tag": tag[:i] + bytes([tag[i] ^ 1]) + tag[i + 1 :]} for i in range(0, 32, 5)]
    changes += [{"outputs": (*words, 0)}, {"outputs": words[:-1]}, {"outputs": ()}, {"h": ()}]
    assert adapter.verify(**honest)  # type: ignore[arg-type]
    for change in changes:
        with pytest.raises(Reverted):
            adapter.verify(**{**honest, **change})  # type: ignore[arg-type]


def test_one_circuits_proof_before_anothers_verifier(deployed: Deployed) -> None:
    for subject, other in (SUBJECTS, SUBJECTS[::-1]):
        assert not on_chain(deployed[subject][1], deployed[other][0], deployed[other][0].bundle)
