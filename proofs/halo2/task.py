"""Further circuits around a committed model: inference and retrieval, derived from the accuracy circuit's description.

All of them hold the same parameters in the same order and have as many rows, so that one commitment to the weights, and
one proof budget, serves every task. Whoever builds one checks that order (``artefacts``).
"""

from __future__ import annotations

from dataclasses import dataclass

from proofs.canonical import canonical_bytes, expect_keys
from proofs.commitment.input_format import InputFormat
from proofs.commitment.view_format import ViewFormat
from proofs.encoding import domain, keccak256
from proofs.errors import InvalidInput, MalformedProof
from proofs.halo2.architecture import Architecture, Weights
from proofs.halo2.circuits.inference import inference_circuit
from proofs.halo2.circuits.retrieval import retrieval_circuit
from proofs.halo2.description import CircuitDescription, RunParameters
from proofs.halo2.mask import Mask

TASK_DOMAIN = domain("assay/halo2-task-circuit/v1")
INFERENCE = "inference"
RETRIEVAL_CLASS = "retrieval-class"
RETRIEVAL_THRESHOLD = "retrieval-threshold"
TASKS = (INFERENCE, RETRIEVAL_CLASS, RETRIEVAL_THRESHOLD)


@dataclass(frozen=True, slots=True)
class TaskCircuit:
    """The public description of a task's circuit.

    Args:
        base: the committed model's accuracy circuit.
        task: one of ``TASKS``.
        view: how an input becomes integers; its batch may differ from the base's.

    Raises:
        InvalidInput: the view's shape, scale or salt is not the model's.
    """

    base: CircuitDescription
    task: str
    view: ViewFormat

    def __post_init__(self) -> None:
        mine, base = self.view, self.base.format
        if self.task not in TASKS:
            raise InvalidInput(f"task '{self.task}' is not one of {', '.join(TASKS)}")
        found, wanted = ((f.shape, f.scale_bits, f.salt_limbs) for f in (mine, base))
        if found != wanted:
            raise InvalidInput(
                f"the inputs are committed with shape {found[0]} at {found[1]} scale bits, the model takes shape "
                f"{wanted[0]} at {wanted[1]}: commit one of the two again with the other's shape and --scale-bits"
            )

    @property
    def architecture(self) -> Architecture:
        """The model without its weights."""
        return self.base.architecture

    @property
    def outputs(self) -> int:
        """Number of logits C."""
        return self.base.format.classes

    @property
    def labelled(self) -> InputFormat:
        """The model's own input format at this circuit's batch, for checks of the graph."""
        shape = self.base.format
        return InputFormat(shape.shape, shape.scale_bits, shape.classes, self.view.batch, shape.salt_limbs)

    @property
    def scale_bits(self) -> int:
        """Fixed-point scale of inputs and parameters."""
        return self.base.scale_bits

    @property
    def batch(self) -> int:
        """Inputs per proof."""
        return self.view.batch

    @property
    def binding(self) -> str:
        """How weights are bound."""
        return self.base.binding

    @property
    def parameters(self) -> RunParameters:
        """Fixed-point and layout parameters: the base's, rows included."""
        return self.base.parameters

    @property
    def srs_digest(self) -> bytes:
        """Digest of the reference string."""
        return self.base.srs_digest

    @property
    def ezkl_version(self) -> str:
        """Release that compiles the circuit."""
        return self.base.ezkl_version

    @property
    def mask_units(self) -> int:
        """Mask units, those of the base."""
        return self.base.mask_units

    @property
    def committed_values(self) -> int:
        """Parameters under the commitment, those of the base."""
        return self.base.committed_values

    @property
    def points(self) -> int:
        """Commitment points at the head of each proof."""
        return self.base.points

    @property
    def digest(self) -> bytes:
        """keccak over the canonical description."""
        return keccak256(TASK_DOMAIN + canonical_bytes(self.to_json()))

    def onnx(self, weights: Weights, mask: Mask | None) -> bytes:
        """The circuit's graph around ``weights``. Secret when they are."""
        if self.task == INFERENCE:
            return inference_circuit(self.architecture, weights, self.view, self.outputs, mask)
        threshold = self.task == RETRIEVAL_THRESHOLD
        return retrieval_circuit(self.architecture, weights, self.view, self.outputs, mask, threshold)

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {"base": self.base.to_json(), "task": self.task, "view": self.view.to_json()}

    @classmethod
    def from_json(cls, value: object) -> TaskCircuit:
        """Parse untrusted JSON. Raises MalformedProof."""
        fields = expect_keys(value, {"base", "task", "view"}, "task circuit")
        if not isinstance(fields["task"], str):
            raise MalformedProof("task circuit: task must be a string")
        try:
            base, view = CircuitDescription.from_json(fields["base"]), ViewFormat.from_json(fields["view"])
            return cls(base, fields["task"], view)
        except InvalidInput as error:
            raise MalformedProof(f"task circuit: {error}") from None
