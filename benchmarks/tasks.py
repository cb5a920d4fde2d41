"""Measuring proofs of outputs: inference and retrieval, off chain and through the outputs adapter."""

from __future__ import annotations

from benchmarks.cases import Case, macs_and_parameters
from benchmarks.row import Row
from escrow.chain import Chain
from escrow.outputs_adapter import Halo2OutputsAdapter
from escrow.solc import compile_verifier
from escrow.task_deployment import deploy_task
from proofs.commitment.corpus import Corpus, corpus_of_arrays
from proofs.commitment.view_format import ViewFormat
from proofs.halo2.artefacts import build
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.tag import bound_tag
from proofs.halo2.task import INFERENCE, RETRIEVAL_CLASS
from proofs.halo2.task_verifier import circuit_for
from proofs.outputs import OutputsOutcome
from proofs.outputs_bundle import OutputsBundle
from proofs.predicate import CLASS, Predicate

WANTED = 3


def measure_task(case: Case, model: SecretModel, chain: Chain) -> Row:
    """Measure one batch of ``case``'s task with a cold cache for its circuit."""
    shape = model.commitment.format
    view = ViewFormat(shape.shape, "fixed", shape.scale_bits, shape.scale_bits, case.batch)
    corpus = corpus_of_arrays(case.x, view, public=False)
    outcome, verify_s = _proven(case, model, corpus)
    gas, bytecode = _on_chain(model, corpus, outcome.bundle, chain)
    macs, parameters = macs_and_parameters(case)
    return Row(
        case.name,
        case.batch,
        parameters,
        macs,
        model.description.parameters.logrows,
        outcome.setup_s,
        outcome.stages["prove"],
        verify_s,
        outcome.peak_memory_mb,
        len(outcome.bundle.batches[0].proof),
        gas,
        bytecode,
    )


def _proven(case: Case, model: SecretModel, corpus: Corpus) -> tuple[OutputsOutcome, float]:
    """The proof, and the seconds its verification took."""
    backend = Halo2Backend()
    if case.task == INFERENCE:
        outcome = backend.prove_inference(model, corpus)
        return outcome, backend.verify_inference(outcome.bundle, model.commitment, corpus.commitment).verify_s
    exact = case.task == RETRIEVAL_CLASS
    predicate = Predicate(CLASS, WANTED) if exact else Predicate.at_least(WANTED, 1.0, case.scale_bits)
    outcome = backend.prove_retrieval(model, corpus, predicate)
    return outcome, backend.verify_retrieval(outcome.bundle, model.commitment, corpus.commitment).verify_s


def _on_chain(model: SecretModel, corpus: Corpus, bundle: OutputsBundle, chain: Chain) -> tuple[int, int]:
    """Gas of a transaction that only verifies, through the adapter, and the generated verifier's bytes."""
    circuit = circuit_for(bundle.statement, model.commitment, corpus.commitment)
    compiled = compile_verifier(build(circuit).verifier_source)
    signer, batch = chain.dev_signers()[0], bundle.batches[0]
    adapter = Halo2OutputsAdapter(chain, deploy_task(chain, signer, compiled, circuit).adapter)
    tag = bound_tag(bundle.statement.context, bundle.note)
    arguments = adapter.encode(
        model.commitment.weights_commitment, tag, batch.tag_hash, batch.opening.hashes, batch.words, batch.proof
    )
    receipt = chain.transact(signer, adapter.contract, "verify", *arguments, step="verify")
    return receipt.gas_used, len(compiled.runtime)
