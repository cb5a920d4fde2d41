"""Bytes of a bundle that has not been made: one about nothing in particular is packed and measured."""

from __future__ import annotations

from proofs.accuracy import NO_CONTEXT
from proofs.bundle import AccuracyBundle, BatchProof
from proofs.commitment.merkle import tree_depth
from proofs.commitment.test_set import BatchOpening
from proofs.commitment.view_format import ViewFormat
from proofs.fidelity import FidelityReceipt
from proofs.halo2.description import CircuitDescription
from proofs.halo2.sizes import proof_bytes
from proofs.halo2.task import INFERENCE, RETRIEVAL_CLASS, TaskCircuit
from proofs.outputs_bundle import OutputsBundle, OutputsProof
from proofs.predicate import CLASS, Predicate
from proofs.statements.accuracy import Accuracy
from proofs.statements.outputs import Inference, Retrieval

ACCURACY, INFER, RETRIEVE = "accuracy", "inference", "retrieval"
TASKS = (ACCURACY, INFER, RETRIEVE)
_ERROR_PPM = 10_000


def output_words(circuit: CircuitDescription, task: str) -> int:
    """Public words of a batch beside its hashes and its tag; a score's one count is not among them."""
    classes = circuit.format.classes
    return {ACCURACY: 0, INFER: circuit.batch * classes + 1, RETRIEVE: circuit.batch + classes + 1}[task]


def bundle_bytes(circuit: CircuitDescription, task: str, total: int) -> int:
    """Bytes of the file about ``total`` examples, within a few digits of numbers it holds."""
    batches = -(-total // circuit.batch)
    pack = _accuracy if task == ACCURACY else _outputs
    one, two = pack(circuit, task, total, 1), pack(circuit, task, total, 2)
    return one + (batches - 1) * (two - one)


def _opening(circuit: CircuitDescription, total: int) -> BatchOpening:
    batch = circuit.batch
    depth = tree_depth(max(-(-total // batch) * batch, 1), batch) - (batch.bit_length() - 1)
    return BatchOpening(0, (0,) * batch, (bytes(32),) * batch, (bytes(32),) * depth)


def _accuracy(circuit: CircuitDescription, _task: str, total: int, batches: int) -> int:
    receipt = FidelityReceipt(total, total, total, total, _ERROR_PPM)
    statement = Accuracy(
        backend="halo2", zero_knowledge=circuit.binding != "fixed", circuit=bytes(32), model=bytes(32),
        weights=bytes(32), data=bytes(32), format=bytes(32), total=total, batch=circuit.batch, at_least=total,
        context=NO_CONTEXT,
    )  # fmt: skip
    proof = BatchProof(_opening(circuit, total), 0, 0, bytes(proof_bytes(circuit.points)))
    return len(AccuracyBundle(statement, circuit.to_json(), receipt, (proof,) * batches).to_bytes())


def _outputs(circuit: CircuitDescription, task: str, total: int, batches: int) -> int:
    shape = circuit.format
    view = ViewFormat(shape.shape, "fixed", shape.scale_bits, shape.scale_bits, shape.batch)
    made = TaskCircuit(circuit, INFERENCE if task == INFER else RETRIEVAL_CLASS, view)
    digests = dict.fromkeys(("circuit", "model", "weights", "data", "format"), bytes(32))
    fields = {
        "backend": "halo2", "zero_knowledge": circuit.binding != "fixed", "total": total, "batch": circuit.batch,
        "context": NO_CONTEXT, **digests,
    }  # fmt: skip
    statement: Inference | Retrieval
    if task == INFER:
        statement = Inference(**fields)  # type: ignore[arg-type]
    else:
        statement = Retrieval(**fields, predicate=Predicate(CLASS, 0))  # type: ignore[arg-type]
    words = (0,) * output_words(circuit, task)
    proof = OutputsProof(_opening(circuit, total), 0, words, bytes(proof_bytes(circuit.points)))
    return len(OutputsBundle(statement, made.to_json(), (proof,) * batches).to_bytes())
