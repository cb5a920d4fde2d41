"""Proving accuracy batch by batch: budget first, then witness, mock, prove, verify; resumable after a crash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proofs.budget import Budget
from proofs.bundle import BatchProof, pack_batch, parse_batch
from proofs.commitment.input_format import InputFormat
from proofs.commitment.test_set import TestSet
from proofs.errors import MalformedProof, ProverFailed
from proofs.fidelity import FidelityReceipt, compare, float_logits
from proofs.files import write_atomic
from proofs.halo2 import felts, tag
from proofs.halo2.artefacts import Artefacts, build
from proofs.halo2.circuits.accuracy import logits_circuit
from proofs.halo2.inputs import instances, witness_inputs
from proofs.halo2.runner import Progress, Report, run_job
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.settings import run_args
from proofs.paths import cache_dir
from proofs.scratch import secret_folder, write_scratch

BatchDone = Callable[[int, Report | None], None]


@dataclass(frozen=True)
class Proving:
    """A model compiled and ready to prove batches of one test set. Secret; lives inside ``proving``."""

    model: SecretModel
    test_set: TestSet
    artefacts: Artefacts
    folder: Path

    @property
    def budget(self) -> Budget:
        """The commitment's proof budget."""
        return Budget(self.model.commitment.weights_commitment, self.model.description.budget)

    def prove_batch(
        self, index: int, bound_tag: bytes, progress: Progress | None = None
    ) -> tuple[BatchProof, Report | None]:
        """Prove batch ``index`` under ``bound_tag``; a batch already proven for this tag is read back, not made again.

        Raises:
            BudgetSpent: before anything leaks. ProverFailed: names the stage; the opening stays spent.
        """
        known = self._known(index, bound_tag)
        if known is not None:
            return known, None
        if self.model.description.binding == "polycommit":
            self.budget.spend(f"batch {index} of test set {self.test_set.commitment.root.hex()}")
        report = run_job("prove", self._request(index, bound_tag), folder=self.folder, progress=progress)
        proof = self._typed(index, bound_tag, report)
        payload = pack_batch(proof)
        write_atomic(self._kept(index, bound_tag), payload + hashlib.sha256(payload).digest(), secret=True)
        return proof, report

    def left_to_prove(self, bound_tag: bytes) -> int:
        """Batches not yet proven under this tag."""
        return sum(self._known(i, bound_tag) is None for i in range(self.test_set.commitment.batches))

    def _known(self, index: int, bound_tag: bytes) -> BatchProof | None:
        """Batch ``index`` as proven by an earlier run, if that left it whole."""
        found = _read_kept(self._kept(index, bound_tag))
        return found if found is not None and found.opening == self.test_set.opening(index) else None

    def _request(self, index: int, bound_tag: bytes) -> dict[str, object]:
        batch = self.test_set.format.batch
        rows = self.test_set.rows[index * batch : (index + 1) * batch]
        inputs = witness_inputs(rows, tag.limbs(bound_tag), self.test_set.format.scale_bits)
        write_scratch(self.folder / "inputs.json", json.dumps(inputs).encode())
        return {
            "circuit": str(self.folder / "circuit"),
            "inputs": "inputs.json",
            "settings": str(self.artefacts.settings),
            "vk": str(self.artefacts.vk),
            "pk": str(self.artefacts.pk),
            "srs": str(self.artefacts.srs),
        }

    def _typed(self, index: int, bound_tag: bytes, report: Report) -> BatchProof:
        """The proof as a typed object, its instances checked against what they must be."""
        found = [felts.from_hex(text) for text in report.answer["instances"]]
        opening = self.test_set.opening(index)
        description = self.model.description
        count = found[-1 - tag.TAG_LIMBS] >> description.format.scale_bits
        tag_hash = found[description.format.batch]
        expected = instances(
            description, self.model.commitment.weights_commitment, opening.hashes, tag_hash, count, tag.limbs(bound_tag)
        )
        if found != expected:
            raise ProverFailed(
                "prove",
                f"batch {index}: the proof's public values are not the statement's; do the test "
                "set's secret part and the model's commitment belong together?",
            )
        return BatchProof(opening, tag_hash, count, bytes.fromhex(report.answer["proof"]))

    def _kept(self, index: int, bound_tag: bytes) -> Path:
        model, data = self.model.commitment.model_id.hex()[:16], self.test_set.commitment.root.hex()[:16]
        return cache_dir() / "proofs" / f"{model}-{data}-{bound_tag.hex()[:32]}" / f"batch-{index:05d}"


@contextmanager
def proving(model: SecretModel, test_set: TestSet, progress: Progress | None = None) -> Iterator[Proving]:
    """Compile ``model`` in a private folder that is removed afterwards, and prove batches inside the ``with`` block."""
    fixed = model.weights if model.description.binding == "fixed" else None
    artefacts = build(model.description, fixed, progress, proving=True)
    with secret_folder() as folder:
        write_scratch(folder / "model.onnx", model.circuit)
        request = {"model": "model.onnx", "circuit": "circuit", "settings": str(artefacts.settings)}
        run_job("compile", request, folder=folder, progress=progress)
        yield Proving(model, test_set, artefacts, folder)


def measure_fidelity(model: SecretModel, test_set: TestSet, progress: Progress | None = None) -> FidelityReceipt:
    """Run the integer model and the float model on the whole test set and compare them."""
    return receipt_for(model, test_set, integer_logits(model, test_set, progress))


@dataclass(frozen=True, slots=True)
class IntegerLogits:
    """Raw integer logits (N, C) at ``scale_bits``, as Python integers: they may outgrow 64 bits. Secret."""

    values: NDArray[np.object_]
    scale_bits: int

    @property
    def classes(self) -> NDArray[np.intp]:
        """The first largest logit of each example."""
        classes: NDArray[np.intp] = self.values.argmax(axis=1)
        return classes


def receipt_for(model: SecretModel, test_set: TestSet, logits: IntegerLogits) -> FidelityReceipt:
    """The receipt from integer logits already computed."""
    return compare(logits.values, logits.scale_bits, float_logits(model.onnx, test_set.x), test_set.labels)


def integer_logits(model: SecretModel, test_set: TestSet, progress: Progress | None = None) -> IntegerLogits:
    """The model's logits on a test set as the circuit computes them. Secret."""
    description = model.description
    logits = raw_logits(model, test_set.raw, test_set.format, progress)
    # The label's one-hot entry multiplies the logits by 2^scale_bits before they are compared.
    limit = description.parameters.base**description.parameters.legs >> description.format.scale_bits
    _require_comparable(logits, limit)
    return logits


def raw_logits(
    model: SecretModel, raw: NDArray[np.int64], shape: InputFormat, progress: Progress | None = None
) -> IntegerLogits:
    """Logits of raw inputs (N, features), N a multiple of ``shape.batch``, run through ezkl itself. Secret.

    Raises ProverFailed where a value outgrows the circuit's digits.
    """
    description, batch = model.description, shape.batch
    with secret_folder() as folder:
        (folder / "model.onnx").write_bytes(logits_circuit(description.architecture, model.weights, shape))
        arguments = {
            **run_args(description.format.scale_bits, "fixed", description.parameters),
            "input_visibility": "private",
        }
        settings = run_job("settings", {"model": "model.onnx", "run_args": arguments}, folder=folder).answer["settings"]
        (folder / "settings.json").write_text(json.dumps(settings))
        run_job("compile", {"model": "model.onnx", "circuit": "circuit", "settings": "settings.json"}, folder=folder)
        paths = []
        for start in range(0, len(raw), batch):
            values = (raw[start : start + batch] / (1 << description.format.scale_bits)).reshape(-1)
            (folder / f"inputs-{start}.json").write_text(json.dumps({"input_data": [values.tolist()]}))
            paths.append(f"inputs-{start}.json")
        report = run_job("infer", {"inputs": paths, "circuit": "circuit"}, folder=folder, progress=progress)
    logit_values: NDArray[np.object_] = np.array(report.answer["outputs"], dtype=object)
    return IntegerLogits(logit_values.reshape(len(raw), -1), int(settings["model_output_scales"][0]))


def _require_comparable(logits: IntegerLogits, limit: int) -> None:
    """The accuracy circuit subtracts logits from one another; the difference, too, must fit its digits."""
    too_far = [max(row) - min(row) >= limit for row in logits.values.tolist()]
    if any(too_far):
        raise ProverFailed(
            "infer",
            f"the logits of example {too_far.index(True)} lie too far apart for the circuit's digits, so "
            "its batch has no proof: scale the inputs down, or refuse this test set",
        )


def _read_kept(path: Path) -> BatchProof | None:
    try:
        content = path.read_bytes()
        payload, checksum = content[:-32], content[-32:]
        return parse_batch(payload) if hashlib.sha256(payload).digest() == checksum else None
    except (MalformedProof, OSError):
        return None
