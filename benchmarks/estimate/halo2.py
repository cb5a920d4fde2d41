"""Doing a halo2 job, and measuring it: a cold cache, then set-up, proof, verification, and a chain."""

from __future__ import annotations

import resource
import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from benchmarks.estimate.cases import Halo2Case
from escrow.adapter import Halo2Adapter
from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.deployment import deploy_circuit
from escrow.outputs_adapter import Halo2OutputsAdapter
from escrow.solc import CompiledVerifier, compile_verifier
from escrow.task_deployment import deploy_task
from proofs.bundle import AccuracyBundle
from proofs.commitment.corpus import Corpus, corpus_of_arrays
from proofs.commitment.input_format import InputFormat
from proofs.commitment.test_set import commit_test_set
from proofs.commitment.view_format import ViewFormat
from proofs.halo2 import srs
from proofs.halo2.architecture import split_model
from proofs.halo2.artefacts import Artefacts, build
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.commit import CommitOptions, choose_parameters
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.tag import bound_tag
from proofs.halo2.task_verifier import circuit_for
from proofs.outputs_bundle import OutputsBundle
from proofs.predicate import CLASS, Predicate

PROOFS = 16
"""Budget of the commitments, the default of ``commit model``."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a job took; names and units as ``assay estimate --json`` has them."""

    logrows: int
    srs_bytes: int
    proving_key_mb: float
    verifying_key_bytes: int
    setup_memory_mb: float
    peak_memory_mb: float
    setup_s: float
    setup_cpu_s: float
    prove_s: float
    prove_cpu_s: float
    verify_s: float
    proof_bytes: int
    gas_used: int
    contract_bytes: int
    srs_s: float
    stages: dict[str, float]


def measure(case: Halo2Case) -> dict[str, Any]:
    """Commit, prove, verify, and settle nothing: one transaction that verifies the first batch."""
    onnx, shape = case.model(), InputFormat(case.shape, case.scale_bits, case.classes, case.batch)
    options = CommitOptions(binding=case.binding, proofs=PROOFS)
    logrows = choose_parameters(split_model(onnx)[0], shape, options).logrows
    began = time.monotonic()
    reference = srs.make_insecure(logrows)
    srs_s = time.monotonic() - began
    began, cpu = time.monotonic(), _children_s()
    model = Halo2Backend().commit_model(onnx, shape, options)
    setup_s, setup_cpu, setup_memory = time.monotonic() - began, _children_s() - cpu, _children_mb()
    weights = model.weights if case.binding == "fixed" else None
    proven = _accuracy(case, model) if case.task == "accuracy" else _outputs(case, model)
    artefacts = build(model.description, weights)
    return asdict(
        Measured(
            logrows=logrows,
            srs_bytes=reference.path.stat().st_size,
            proving_key_mb=artefacts.pk.stat().st_size / 2**20,
            verifying_key_bytes=artefacts.vk.stat().st_size,
            setup_memory_mb=setup_memory,
            peak_memory_mb=proven["peak_memory_mb"],
            setup_s=setup_s,
            setup_cpu_s=setup_cpu,
            prove_s=proven["prove_s"],
            prove_cpu_s=proven["prove_cpu_s"],
            verify_s=proven["verify_s"],
            proof_bytes=proven["proof_bytes"],
            gas_used=proven["gas_used"],
            contract_bytes=proven["contract_bytes"],
            srs_s=srs_s,
            stages=proven["stages"],
        )
    )


def _children_mb() -> float:
    """Largest resident memory of any child process that has ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _children_s() -> float:
    """Processor seconds of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _drawn(case: Halo2Case) -> tuple[Any, Any]:
    rng = np.random.default_rng(1)
    x = rng.uniform(0, 1, (case.examples, *case.shape)).astype(np.float32)
    return x, rng.integers(0, case.classes, case.examples)


def _accuracy(case: Halo2Case, model: SecretModel) -> dict[str, Any]:
    backend, (x, y) = Halo2Backend(), _drawn(case)
    test_set, cpu = commit_test_set(x, y, model.commitment.format, backend.hash_examples), _children_s()
    outcome = backend.prove_accuracy(model, test_set)
    peak, cpu = _children_mb(), _children_s() - cpu
    onnx = case.model() if case.binding == "fixed" else None
    verdict = backend.verify_accuracy(outcome.bundle, model.commitment, test_set.commitment, onnx)
    artefacts = build(model.description, model.weights if case.binding == "fixed" else None)
    compiled = compile_verifier(artefacts.verifier_source)
    found = {
        "prove_s": outcome.prove_s, "prove_cpu_s": cpu, "verify_s": verdict.verify_s, "peak_memory_mb": peak,
        "proof_bytes": len(outcome.bundle.to_bytes()), "contract_bytes": len(compiled.runtime),
        "stages": outcome.stages,
    }  # fmt: skip
    with Anvil() as anvil:
        found["gas_used"] = _accuracy_gas(Chain.connect(anvil.url), model, outcome.bundle, compiled)
    return found


def _accuracy_gas(chain: Chain, model: SecretModel, bundle: AccuracyBundle, compiled: CompiledVerifier) -> int:
    """Gas of all transactions that each verify one batch, were they all like the first."""
    signer, description, batch = chain.dev_signers()[0], model.description, bundle.batches[0]
    deployment = deploy_circuit(
        chain, signer, compiled, binding=description.binding, points=description.points,
        scale_bits=description.format.scale_bits,
    )  # fmt: skip
    adapter = Halo2Adapter(chain, deployment.adapter)
    tag = bound_tag(bundle.statement.context, bundle.note)
    arguments = adapter.encode(
        model.commitment.weights_commitment, tag, batch.tag_hash, batch.opening.hashes, batch.count, batch.proof
    )
    receipt = chain.transact(signer, adapter.contract, "verify", *arguments, step="verify")
    return int(receipt.gas_used) * len(bundle.batches)


def _outputs(case: Halo2Case, model: SecretModel) -> dict[str, Any]:
    shape, backend = model.commitment.format, Halo2Backend()
    view = ViewFormat(shape.shape, "fixed", shape.scale_bits, shape.scale_bits, case.batch)
    corpus, cpu = corpus_of_arrays(_drawn(case)[0], view, public=False), _children_s()
    if case.task == "inference":
        outcome = backend.prove_inference(model, corpus)
        peak, cpu = _children_mb(), _children_s() - cpu
        verify_s = backend.verify_inference(outcome.bundle, model.commitment, corpus.commitment).verify_s
    else:
        outcome = backend.prove_retrieval(model, corpus, Predicate(CLASS, 1))
        peak, cpu = _children_mb(), _children_s() - cpu
        verify_s = backend.verify_retrieval(outcome.bundle, model.commitment, corpus.commitment).verify_s
    artefacts = build(circuit_for(outcome.bundle.statement, model.commitment, corpus.commitment))
    return {
        "prove_s": outcome.prove_s, "prove_cpu_s": cpu, "verify_s": verify_s, "peak_memory_mb": peak,
        "proof_bytes": len(outcome.bundle.to_bytes()), "stages": outcome.stages,
        **_outputs_gas(model, corpus, outcome.bundle, artefacts),
    }  # fmt: skip


def _outputs_gas(model: SecretModel, corpus: Corpus, bundle: OutputsBundle, artefacts: Artefacts) -> dict[str, Any]:
    circuit = circuit_for(bundle.statement, model.commitment, corpus.commitment)
    compiled, batch = compile_verifier(artefacts.verifier_source), bundle.batches[0]
    with Anvil() as anvil:
        chain = Chain.connect(anvil.url)
        signer = chain.dev_signers()[0]
        adapter = Halo2OutputsAdapter(chain, deploy_task(chain, signer, compiled, circuit).adapter)
        arguments = adapter.encode(
            model.commitment.weights_commitment, bound_tag(bundle.statement.context, bundle.note), batch.tag_hash,
            batch.opening.hashes, batch.words, batch.proof,
        )  # fmt: skip
        receipt = chain.transact(signer, adapter.contract, "verify", *arguments, step="verify")
    return {"gas_used": int(receipt.gas_used) * len(bundle.batches), "contract_bytes": len(compiled.runtime)}
