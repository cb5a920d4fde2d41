"""What the seller of protocol A' makes of the buyer's ciphertexts: checked without keys, opened part by part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from escrow.sampled_views import SampledJob
from proofs.commitment.cipher import key_hash
from proofs.commitment.delivery import Delivery
from proofs.commitment.examples_open import OpenedExamples, open_examples, with_paths
from proofs.commitment.faults import ChunkFault
from proofs.commitment.input_format import InputFormat
from proofs.commitment.test_set import TestSet
from proofs.errors import InvalidInput, RejectedProof
from proofs.wording import counted
from protocols.sampled.drawing import drawn, remaining
from protocols.sampled.terms import SampledTerms


@dataclass(frozen=True)
class HandedOver:
    """The ciphertexts of one job's test set, checked against its data root. Secret with a key.

    Args:
        terms: of the job. job_id, seed: 32 bytes each. shape: the model's input format.
        delivery: with every example's path.
    """

    terms: SampledTerms
    job_id: bytes
    seed: bytes
    shape: InputFormat
    delivery: Delivery

    @classmethod
    def checked(
        cls, raw: bytes, terms: SampledTerms, job_id: bytes, status: SampledJob, shape: InputFormat
    ) -> HandedOver:
        """Parse untrusted bytes and compare them with what stands on chain and with the data root of the terms.

        Args:
            status: of the job on chain: seed, ciphertext root and number of ciphertexts.

        Raises:
            MalformedProof: no delivery at all. RejectedProof: not the test set's examples, or other ciphertexts than
                those handed over on chain ('ciphertext-root'), or another number of them ('chunk-count'), under which
                no complaint could be opened.
        """
        delivery = with_paths(Delivery.from_bytes(raw), shape, terms.total, terms.data_root)
        if delivery.ciphertext_root != status.ciphertext_root:
            raise RejectedProof("ciphertext-root", "the ciphertexts are not those handed over on chain")
        if delivery.chunk_count != status.chunk_count:
            found = counted(delivery.chunk_count, "ciphertext")
            raise RejectedProof("chunk-count", f"{found} came, {status.chunk_count} were handed over on chain")
        return cls(terms, job_id, status.seed, shape, delivery)

    @cached_property
    def sample(self) -> tuple[int, ...]:
        """Numbers of the drawn examples."""
        return drawn(self.terms, self.job_id, self.seed)

    @cached_property
    def rest(self) -> tuple[int, ...]:
        """Numbers of all others."""
        return remaining(self.terms, self.sample)

    def key_fits(self, key: bytes, committed: bytes) -> bool:
        """Whether ``key`` is the buyer's key whose hash stands on chain."""
        return key_hash(self.job_id, bytes.fromhex(self.terms.buyer[2:]), key) == committed

    def opened_sample(self, key: bytes) -> OpenedExamples:
        """The sample; a fault in it is a reason to leave."""
        return open_examples(self.delivery, self.shape, self.sample, self.job_id, key)

    def opened_rest(self, key: bytes) -> OpenedExamples:
        """The rest; a fault in it is one to complain about."""
        return open_examples(self.delivery, self.shape, self.rest, self.job_id, key)

    def paths(self, indices: tuple[int, ...]) -> tuple[tuple[bytes, ...], tuple[tuple[bytes, ...], ...]]:
        """Document roots and Merkle paths of some examples, as ``submitBatch`` takes them."""
        parcels = [self.delivery.parcels[index] for index in indices]
        return tuple(parcel.root for parcel in parcels), tuple(parcel.path for parcel in parcels)


def fault_of(opened: OpenedExamples) -> str:
    """What the seller's journal says of an opened rest: ``none``, ``decryption`` or ``view``."""
    if not opened.faults:
        return "none"
    return "decryption" if isinstance(opened.faults[0], ChunkFault) else "view"


def provable(opened: OpenedExamples, batch: int) -> tuple[int, ...]:
    """The examples to prove on, ascending, whole batches of them: those in a form that a proof accepts."""
    fine = sorted(opened.examples)
    return tuple(fine[: len(fine) // batch * batch])


def provable_set(opened: OpenedExamples, batch: int) -> TestSet:
    """The same as a test set. Raises InvalidInput when there is not one whole batch."""
    indices = provable(opened, batch)
    if not indices:
        raise InvalidInput("fewer examples than a batch are in a form that can be proven; nothing can be proven")
    return opened.subset(indices)


def kept(path: Path) -> bytes:
    """The ciphertexts as this party kept them: the buyer may empty the channel, the proofs are still due."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"cannot read the ciphertexts {path}: {error.strerror}; restore the state folder") from None
