"""Proving a model's outputs batch by batch: inference and retrieval; budget first, resumable after a crash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proofs.budget import Budget
from proofs.commitment.test_set import BatchOpening
from proofs.encoding import keccak256
from proofs.errors import InvalidInput, MalformedProof, ProverFailed
from proofs.files import write_atomic
from proofs.halo2 import felts, tag
from proofs.halo2.artefacts import Artefacts, build
from proofs.halo2.inputs import task_instances, witness_inputs
from proofs.halo2.runner import Progress, Report, run_job
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.task import TaskCircuit
from proofs.outputs_bundle import OutputsProof, pack_outputs, parse_outputs
from proofs.paths import cache_dir
from proofs.scratch import secret_folder, write_scratch


@dataclass(frozen=True)
class TaskProving:
    """A model compiled for one task and ready to prove batches. Secret; lives inside ``proving_task``.

    Args:
        public_words: what follows the secret-dependent outputs among the public words: the predicate's, or nothing.
    """

    model: SecretModel
    circuit: TaskCircuit
    artefacts: Artefacts
    folder: Path
    public_words: tuple[int, ...] = ()

    @property
    def budget(self) -> Budget:
        """The commitment's proof budget, one for all tasks."""
        return Budget(self.model.commitment.weights_commitment, self.model.description.budget)

    def prove(
        self, rows: NDArray[np.int64], opening: BatchOpening, bound_tag: bytes, progress: Progress | None = None
    ) -> tuple[OutputsProof, Report | None]:
        """Prove one batch under ``bound_tag``; what was proven before is read back, not made again.

        Args:
            rows: raw integers (b, width), salts included. Secret.
            opening: the rows' hashes and where they are committed.

        Raises:
            BudgetSpent: before anything leaks. ProverFailed: names the stage; the opening stays spent.
        """
        if rows.shape != (self.circuit.batch, self.circuit.view.width):
            raise InvalidInput(
                f"a batch has shape {rows.shape}; this circuit takes {(self.circuit.batch, self.circuit.view.width)}"
            )
        kept = self._kept(opening, bound_tag)
        known = _read_kept(kept)
        if known is not None and known.opening == opening:
            return known, None
        if self.circuit.binding == "polycommit":
            self.budget.spend(f"{self.circuit.task}, batch {opening.index}, tag {bound_tag.hex()}")
        report = run_job("prove", self._request(rows, bound_tag), folder=self.folder, progress=progress)
        proof = self._typed(opening, bound_tag, report)
        payload = pack_outputs(proof)
        write_atomic(kept, payload + hashlib.sha256(payload).digest(), secret=True)
        return proof, report

    def is_proven(self, opening: BatchOpening, bound_tag: bytes) -> bool:
        """Whether a batch's proof under this tag is already on this machine."""
        known = _read_kept(self._kept(opening, bound_tag))
        return known is not None and known.opening == opening

    def _request(self, rows: NDArray[np.int64], bound_tag: bytes) -> dict[str, object]:
        inputs = witness_inputs(rows, (*tag.limbs(bound_tag), *self.public_words), self.circuit.scale_bits)
        write_scratch(self.folder / "inputs.json", json.dumps(inputs).encode())
        return {
            "circuit": str(self.folder / "circuit"),
            "inputs": "inputs.json",
            "settings": str(self.artefacts.settings),
            "vk": str(self.artefacts.vk),
            "pk": str(self.artefacts.pk),
            "srs": str(self.artefacts.srs),
        }

    def _typed(self, opening: BatchOpening, bound_tag: bytes, report: Report) -> OutputsProof:
        """The proof as a typed object, its instances checked against what they must be."""
        found = [felts.from_hex(text) for text in report.answer["instances"]]
        head = self.circuit.batch + 1 + (self.circuit.binding == "hashed")
        words = tuple(felts.signed(text) for text in report.answer["instances"][head : -1 - tag.TAG_LIMBS])
        proof = OutputsProof(opening, found[self.circuit.batch], words, bytes.fromhex(report.answer["proof"]))
        expected = task_instances(self.circuit, self.model.commitment.weights_commitment, proof, tag.limbs(bound_tag))
        if found != expected or (self.public_words and words[-len(self.public_words) :] != self.public_words):
            raise ProverFailed(
                "prove",
                f"batch {opening.index}: the proof's public values are not the statement's; do the data's secret part "
                "and the model's commitment belong together?",
            )
        return proof

    def _kept(self, opening: BatchOpening, bound_tag: bytes) -> Path:
        words = (*opening.hashes, *(word % felts.R for word in self.public_words))
        what = keccak256(self.circuit.digest + b"".join(word.to_bytes(32, "big") for word in words))
        name = f"{self.model.commitment.model_id.hex()[:16]}-{bound_tag.hex()[:32]}"
        return cache_dir() / "proofs" / name / f"outputs-{opening.index:05d}-{what.hex()[:16]}"


@contextmanager
def proving_task(
    model: SecretModel, circuit: TaskCircuit, public_words: Sequence[int] = (), progress: Progress | None = None
) -> Iterator[TaskProving]:
    """Compile ``model`` for a task in a private folder, removed afterwards, and prove inside the ``with`` block."""
    if circuit.base != model.description:
        raise InvalidInput("the task's circuit belongs to another model; derive it from this model's description")
    fixed = model.weights if circuit.binding == "fixed" else None
    artefacts = build(circuit, fixed, progress, proving=True)
    with secret_folder() as folder:
        write_scratch(folder / "model.onnx", circuit.onnx(model.weights, model.mask))
        request = {"model": "model.onnx", "circuit": "circuit", "settings": str(artefacts.settings)}
        run_job("compile", request, folder=folder, progress=progress)
        yield TaskProving(model, circuit, artefacts, folder, tuple(public_words))


def _read_kept(path: Path) -> OutputsProof | None:
    try:
        content = path.read_bytes()
        payload, checksum = content[:-32], content[-32:]
        return parse_outputs(payload) if hashlib.sha256(payload).digest() == checksum else None
    except (MalformedProof, OSError):
        return None
