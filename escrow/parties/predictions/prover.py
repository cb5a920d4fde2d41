"""Proving one answer after the fact: the recorded input through the committed model, bound to this job and question."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property

import numpy as np

from escrow.parties.job_budget import JobBudget
from escrow.parties.predictions.records import RecordedAnswer
from proofs.budget import Budget
from proofs.commitment.test_set import BatchOpening
from proofs.encoding import abi_digest, domain
from proofs.errors import InvalidInput, ProverFailed
from proofs.halo2.architecture import Weights
from proofs.halo2.artefacts import build
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.tag import bound_tag
from proofs.halo2.task import TaskCircuit
from proofs.halo2.task_prover import TaskProving, proving_task
from proofs.integer import IntegerModel
from proofs.outputs_bundle import OutputsProof
from proofs.poseidon import hash_elements

NOTE_DOMAIN = domain("assay/prediction-note/v1")


_VERDICTS = {"prove", "prove (witness)", "prove (mock)"}
"""Stages at which a failure is about the answer itself: its witness, or outputs that are not those signed."""


def is_verdict(error: ProverFailed) -> bool:
    """Whether trying again would fail again, and spend another opening; a child ended from outside says nothing."""
    return error.stage in _VERDICTS and "ended by signal" not in error.detail


def note_of(job_id: bytes, index: int) -> bytes:
    """The 32 bytes that bind a proof to one question of one job, beside the job's tag."""
    return abi_digest(["bytes32", "bytes32", "uint256"], [NOTE_DOMAIN, job_id, index])


class AnswerProver:
    """Proves recorded answers of ``model`` (secret).

    Args:
        circuit: its inference circuit. stack: closes what this opens.
    """

    def __init__(self, model: SecretModel, circuit: TaskCircuit, stack: ExitStack) -> None:
        self.model, self.circuit, self._stack = model, circuit, stack

    def get_ready(self) -> None:
        """Make the proving key now; later, between a contest and its deadline, there may be no time."""
        build(self.circuit, self._fixed, proving=True)

    def fault(self, recorded: RecordedAnswer) -> str | None:
        """Why no proof of this answer can exist, in words; None when the committed model gives it.

        Costs microseconds: nothing is proven, and no proof of the commitment's budget spent.
        """
        signed, row = recorded.signed, recorded.row
        if row.shape != (self.circuit.view.width,):
            return f"the record's input has {row.size} elements, the circuit takes {self.circuit.view.width}"
        if hash_elements(row.tolist()) != signed.answer.h:
            return "the recorded input does not have the signed hash"
        try:
            outputs = self._integers.run_provable(row[np.newaxis, : self.circuit.view.features])
        except InvalidInput as error:
            return str(error)
        if tuple(outputs.integers(0)) != signed.outputs:
            return "the committed model gives other outputs than were signed"
        return None

    def prove(self, job_tag: bytes, job_id: bytes, recorded: RecordedAnswer) -> OutputsProof:
        """The proof of an answer without ``fault``; read back if it was made before.

        Raises:
            BudgetSpent: before anything leaks. ProverFailed: names the stage; the opening stays spent.
        """
        answer = recorded.signed.answer
        opening = BatchOpening(answer.index, (answer.h,), (bytes(32),), ())
        tag = bound_tag(job_tag, note_of(job_id, answer.index))
        with self.budget(job_id).spending():
            proof, _ = self._session.prove(recorded.row[np.newaxis], opening, tag)
        if proof.words != recorded.signed.outputs:
            raise ProverFailed("prove", f"answer {answer.index}: the circuit gives other outputs than were signed")
        return proof

    def budget(self, job_id: bytes) -> JobBudget:
        """What one job may spend of the commitment's openings."""
        return JobBudget(self.model, job_id)

    def proofs_left(self) -> int | None:
        """Proofs the commitment still allows, None without a limit."""
        description = self.model.description
        if description.binding != "polycommit":
            return None
        return Budget(self.model.commitment.weights_commitment, description.budget).left

    @cached_property
    def _integers(self) -> IntegerModel:
        parameters, shape = self.model.description.parameters, self.model.description.format
        limit = parameters.base**parameters.legs
        return IntegerModel.compile(
            self.model.description.architecture, self.model.weights, shape.shape, shape.scale_bits, limit
        )

    @cached_property
    def _session(self) -> TaskProving:
        if self.circuit.base != self.model.description:
            raise InvalidInput("the listed circuit is another model's; give the model the listing names")
        return self._stack.enter_context(proving_task(self.model, self.circuit))

    @property
    def _fixed(self) -> Weights | None:
        return self.model.weights if self.circuit.binding == "fixed" else None
