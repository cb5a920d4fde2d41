"""Measuring one case: commit, prove one batch, verify off chain and on."""

from __future__ import annotations

import time

from benchmarks.cases import Case, macs_and_parameters
from benchmarks.row import Row
from benchmarks.tasks import measure_task
from escrow.adapter import Halo2Adapter
from escrow.chain import Chain
from escrow.deployment import deploy_circuit
from escrow.solc import compile_verifier
from proofs.bundle import AccuracyBundle
from proofs.commitment.input_format import InputFormat
from proofs.commitment.test_set import commit_test_set
from proofs.errors import MissingArtifact
from proofs.halo2 import srs
from proofs.halo2.architecture import split_model
from proofs.halo2.artefacts import build
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.commit import CommitOptions, choose_parameters
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.tag import bound_tag


def measure(case: Case, chain: Chain) -> Row:
    """Measure ``case`` with a cold circuit cache and its reference string in place."""
    shape = InputFormat(case.x.shape[1:], case.scale_bits, case.classes, case.batch)
    options = CommitOptions(binding=case.binding, proofs=8)
    backend = Halo2Backend()
    logrows = choose_parameters(split_model(case.onnx)[0], shape, options).logrows
    try:
        srs.find(logrows)
    except MissingArtifact:
        srs.make_insecure(logrows)
    model = backend.commit_model(case.onnx, shape, options)
    if case.task != "accuracy":
        return measure_task(case, model, chain)
    test_set = commit_test_set(case.x, case.y, shape, backend.hash_examples)
    outcome = backend.prove_accuracy(model, test_set)
    weights = case.onnx if case.binding == "fixed" else None
    verdict = backend.verify_accuracy(outcome.bundle, model.commitment, test_set.commitment, weights)
    gas, bytecode = _on_chain(model, outcome.bundle, chain)
    macs, parameters = macs_and_parameters(case)
    return Row(
        case.name,
        case.batch,
        parameters,
        macs,
        logrows,
        outcome.setup_s,
        outcome.stages["prove"],
        verdict.verify_s,
        outcome.peak_memory_mb,
        len(outcome.bundle.batches[0].proof),
        gas,
        bytecode,
    )


def _on_chain(model: SecretModel, bundle: AccuracyBundle, chain: Chain) -> tuple[int, int]:
    """Gas of a transaction that only verifies, through the adapter, and the generated verifier's bytes."""
    description = model.description
    artefacts = build(description, model.weights if description.binding == "fixed" else None)
    compiled = compile_verifier(artefacts.verifier_source)
    signer = chain.dev_signers()[0]
    deployment = deploy_circuit(
        chain,
        signer,
        compiled,
        binding=description.binding,
        points=description.points,
        scale_bits=description.format.scale_bits,
    )
    adapter, batch = Halo2Adapter(chain, deployment.adapter), bundle.batches[0]
    tag = bound_tag(bundle.statement.context, bundle.note)
    arguments = adapter.encode(
        model.commitment.weights_commitment, tag, batch.tag_hash, batch.opening.hashes, batch.count, batch.proof
    )
    receipt = chain.transact(signer, adapter.contract, "verify", *arguments, step="verify")
    return receipt.gas_used, len(compiled.runtime)


def timed(case: Case, chain: Chain) -> tuple[Row, float]:
    """The row and the wall seconds the whole measurement took."""
    began = time.monotonic()
    return measure(case, chain), time.monotonic() - began
