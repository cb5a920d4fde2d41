"""What a model check found."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from proofs.errors import UnsupportedModel


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that cannot be proven, or that deserves a warning.

    Args:
        node: the node's name, or ``op#position`` where it has none; for other things the input, output or weight.
        op: ONNX operator; ``input``, ``output``, ``weight`` or ``model`` where no node is at fault.
        opset: the model's operator-set version, 0 if it has none.
        shape: shape of the node's first output (or of the tensor at fault), None where unknown; -1 for an open axis.
        reason: what is wrong with it.
        way_round: what to do about it.
    """

    node: str
    op: str
    opset: int
    shape: tuple[int, ...] | None
    reason: str
    way_round: str

    def __str__(self) -> str:
        sides = None if self.shape is None else "x".join("?" if side < 0 else str(side) for side in self.shape)
        where = f"opset {self.opset}, shape {'unknown' if sides is None else sides or 'scalar'}"
        return f"{self.op} '{self.node}' ({where}): {self.reason}. Way round: {self.way_round}."


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The verdict on a model for one backend.

    Args:
        backend: the prover the model was checked for.
        problems: everything that stops a proof, in graph order; empty means supported.
        warnings: what will work but costs more, or less exactly, than the user may expect.
        input_shape: shape of one example without the batch axis; empty if it could not be found out.
        classes: number of logits; 0 if it could not be found out.
        parameters: number of float weights.
        macs: multiply-accumulates of one example in Gemm, MatMul and Conv nodes.
        opset: operator-set version of the default domain, 0 if missing.
    """

    backend: str
    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    input_shape: tuple[int, ...]
    classes: int
    parameters: int
    macs: int
    opset: int

    @property
    def supported(self) -> bool:
        """Whether nothing stands in the way of a proof."""
        return not self.problems

    def require(self) -> CheckReport:
        """Return the report itself, or raise UnsupportedModel naming every problem."""
        if self.supported:
            return self
        count = len(self.problems)
        listed = "\n".join(f"  - {problem}" for problem in self.problems)
        things = "one thing" if count == 1 else f"{count} things"
        raise UnsupportedModel(
            f"the {self.backend} backend cannot prove this model; {things} to change:\n{listed}", self.problems
        )

    def as_dict(self) -> dict[str, object]:
        """For ``--json``: plain lists, numbers and strings."""
        return {**asdict(self), "supported": self.supported}
