"""The seller's proofs in protocol A': batches over the rest of the test set, under the job's bound tag."""

from __future__ import annotations

from contextlib import ExitStack

from escrow.parties.driver import note
from escrow.parties.job_budget import JobBudget
from escrow.parties.sampled_opening import HandedOver, provable, provable_set
from escrow.parties.sampled_party import SampledJob
from proofs.bundle import BatchProof
from proofs.canonical import to_hex
from proofs.commitment.examples_open import OpenedExamples
from proofs.encoding import abi_digest, domain, keccak256
from proofs.fidelity import FidelityReceipt
from proofs.halo2.prover import IntegerLogits, Proving, integer_logits, proving, receipt_for
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.tag import bound_tag

FIDELITY = "fidelity"
NOTE_DOMAIN = domain("assay/sampled-note/v1")


class RestProofs:
    """Proves on the provable examples of an opened rest. Secret.

    Args:
        model: the committed model. job: terms, journal, id. handed, opened: the ciphertexts and what the key opened.
        budget: the job's share of the commitment's openings. stack: closed with the party.
    """

    def __init__(
        self,
        model: SecretModel,
        job: SampledJob,
        handed: HandedOver,
        opened: OpenedExamples,
        budget: JobBudget,
        stack: ExitStack,
    ) -> None:
        batch = job.terms.batch
        self.model, self.job, self.handed, self.budget, self.stack = model, job, handed, budget, stack
        self.indices = provable(opened, batch)
        self.test_set = provable_set(opened, batch)
        self._session: Proving | None = None
        self._logits: IntegerLogits | None = None

    @property
    def batches(self) -> int:
        """Batches there are to prove."""
        return len(self.indices) // self.job.terms.batch

    def examples_of(self, batch_index: int) -> tuple[int, ...]:
        """Numbers of the examples in a batch, ascending."""
        size = self.job.terms.batch
        return self.indices[batch_index * size : (batch_index + 1) * size]

    def predict(self) -> list[int]:
        """Right answers of each batch by the integer model."""
        right = (self._computed().classes == self.test_set.labels).reshape(-1, self.job.terms.batch)
        return [int(count) for count in right.sum(axis=1)]

    def prove(self, batch_index: int, tag: bytes) -> BatchProof:
        """A batch's proof for this job, whose tag is ``tag`` (32 bytes); read back if it was made before."""
        if self._session is None:
            self._session = self.stack.enter_context(proving(self.model, self.test_set))
        with self.budget.spending():
            return self._session.prove_batch(batch_index, bound_tag(tag, self.note()))[0]

    def note(self) -> bytes:
        """The 32-byte note every proof of this job binds: the model, the data and the fidelity receipt."""
        commitment, terms = self.model.commitment, self.job.terms
        types = ["bytes32", "bytes32", "bytes32", "bytes32"]
        return abi_digest(
            types, [NOTE_DOMAIN, commitment.model_id, terms.data_root, keccak256(self.receipt().to_bytes())]
        )

    def receipt(self) -> FidelityReceipt:
        """Measured once and written down: every proof's tag binds it, so a restart must find these very figures."""
        for entry in self.job.journal.entries:
            if entry.kind == FIDELITY:
                return FidelityReceipt.from_bytes(bytes.fromhex(str(entry.body["receipt"]).removeprefix("0x")))
        receipt = receipt_for(self.model, self.test_set, self._computed())
        note(self.job, FIDELITY, {"receipt": to_hex(receipt.to_bytes())})
        return receipt

    def _computed(self) -> IntegerLogits:
        if self._logits is None:
            self._logits = integer_logits(self.model, self.test_set)
        return self._logits
