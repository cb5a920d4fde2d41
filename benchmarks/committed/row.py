"""One measured row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Examples right among so many, by onnxruntime on the float model and by the integer network."""

    examples: int
    floating: int
    integer: int
    agree: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A verifier in a process of its own.

    Args:
        load_s: from the process's start until its code is imported. first_s, verify_s: first and second check.
        jit_s: of the first, machine code read or made. wall_s: the whole process. peak_mb: of it.
    """

    load_s: float
    first_s: float
    verify_s: float
    jit_s: float
    wall_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Row:
    """A proof of ``examples`` examples.

    Args:
        params, macs, activations: of the network; multiplications and outputs of all nodes, one example.
        committed: entries of the flat vector. lookups: real look-ups.
        setup_s: committing to the model once its weights are integers; chunk_s: to the examples.
        first_s: the first proof in its process, of which jit_s went into machine code. prove_s: the second.
        cpu_s: processor seconds of the second. peak_mb: of the process while it proved.
        stages: of the second, as ``watch.Stage``; first_stages: of the first.
        parts: seconds of every part of a third proof, and their roofs, where measured.
        execute_s: the integer network alone. float_s: the float model in onnxruntime.
        bits: worst round's soundness. messages: of the prover, one a round.
        load: the machine's load average when the row began.
    """

    name: str
    model: str
    examples: int
    params: int
    macs: int
    activations: int
    committed: int
    lookups: int
    setup_s: float
    chunk_s: float
    first_s: float
    jit_s: float
    prove_s: float
    cpu_s: float
    peak_mb: float
    proof_bytes: int
    bits: float
    messages: int
    execute_s: float
    float_s: float
    compiled: Checked
    numpy: Checked
    accuracy: Accuracy | None
    stages: list[dict[str, Any]]
    first_stages: list[dict[str, Any]]
    parts: dict[str, float]
    work: dict[str, dict[str, float]]
    load: float
    date: str

    @property
    def peak_gb(self) -> float:
        """In GB of 10^9 bytes."""
        return self.peak_mb * 2**20 / 1e9

    @property
    def proof_mb(self) -> float:
        """In MB of 10^6 bytes."""
        return self.proof_bytes / 1e6

    @property
    def verify_s(self) -> float:
        """Compiled."""
        return self.compiled.verify_s

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Row:
        """The row that ``dataclasses.asdict`` wrote."""
        found = dict(fields)
        for name in ("compiled", "numpy"):
            found[name] = Checked(**found[name])
        found["accuracy"] = None if found["accuracy"] is None else Accuracy(**found["accuracy"])
        return cls(**found)
