"""The responder's search through its corpus: one proof a batch, for one job and one predicate."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import ExitStack
from functools import cached_property

from escrow.parties.job_budget import JobBudget
from proofs.commitment.corpus import Corpus
from proofs.errors import InvalidInput, ProverFailed
from proofs.halo2.preflight import require_provable
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.tag import bound_tag
from proofs.halo2.task_backend import prove_batch, statement_of
from proofs.halo2.task_prover import TaskProving, proving_task
from proofs.halo2.task_verifier import circuit_for
from proofs.outputs_bundle import OutputsProof, note_of
from proofs.predicate import Predicate
from proofs.statements.outputs import Inference, Retrieval


class Search:
    """Proves for one job which documents of a corpus satisfy a predicate.

    Args:
        model, corpus: committed, both secret. predicate: None for a random sample, of which nothing is proven.
        tag: gives the job's tag, which is asked for when the first proof is made. stack: closes what this opens.
        budget: the job's share of the model's openings.
    """

    def __init__(
        self,
        model: SecretModel,
        corpus: Corpus,
        predicate: Predicate | None,
        tag: Callable[[], bytes],
        stack: ExitStack,
        budget: JobBudget,
    ) -> None:
        self.model, self.corpus, self.predicate = model, corpus, predicate
        self._tag, self._stack, self._budget = tag, stack, budget

    @cached_property
    def statement(self) -> Inference | Retrieval:
        """What every proof of this job states."""
        if self.predicate is None:
            raise InvalidInput("a random sample is drawn by the chain; there is nothing to prove in it")
        return statement_of(self.model.commitment, self.corpus.commitment, self._tag(), self.predicate)

    @property
    def note(self) -> bytes:
        """Digest of the statement, bound into every proof's tag."""
        return note_of(self.statement)

    def problems(self) -> tuple[str, ...]:
        """Why some document has no proof under this predicate; asked before anything is locked."""
        if self.predicate is None:
            return ()
        try:
            require_provable(self.model, self.corpus, self.predicate)
        except InvalidInput as error:
            return (str(error),)
        return ()

    def prove(self, index: int) -> OutputsProof:
        """Batch ``index``'s proof for this job; read back if it was made before."""
        with self._budget.spending():
            return prove_batch(self._session, self.corpus, index, bound_tag(self.statement.context, self.note))[0]

    def proven(self, index: int) -> tuple[OutputsProof, int]:
        """Batch ``index``'s proof and the bits it shows: bit j for the batch's document j, blank ones included."""
        proof = self.prove(index)
        scale_bits, bits = self.model.description.scale_bits, 0
        for place, word in enumerate(proof.words[: self.corpus.format.batch]):
            if word not in (0, 1 << scale_bits):
                raise ProverFailed("prove", f"batch {index}: document {place} has the bit {word}, neither no nor yes")
            bits |= (word >> scale_bits) << place
        return proof, bits

    def proofs_left(self, made: Collection[int]) -> int | None:
        """Proofs the commitment still allows, those already made for this job included; None without a limit."""
        left = None if self.predicate is None else self._budget.left
        return None if left is None else left + len(made)

    @cached_property
    def _session(self) -> TaskProving:
        circuit = circuit_for(self.statement, self.model.commitment, self.corpus.commitment)
        words = () if self.predicate is None else self.predicate.words(circuit.outputs, circuit.scale_bits)
        return self._stack.enter_context(proving_task(self.model, circuit, words))
