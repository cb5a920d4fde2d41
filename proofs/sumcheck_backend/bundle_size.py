"""How large a bundle will be, from sizes alone; one that no reader would take is refused before any proof is made."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from proofs.container import MAX_FILE_BYTES
from proofs.errors import ResourceExceeded
from proofs.sumcheck.committed.plan import Plan, make_plan
from proofs.sumcheck.committed.sizes import ProofSize, proof_size
from proofs.sumcheck_backend.chunks import number_of_shards, spans
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.matrices import proof_field
from proofs.sumcheck_backend.memory import MIB, sample_instance
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.questions import AskLogits, AskScore, Question

STATEMENT_BYTES, SECTION_BYTES, COUNT_BYTES = 1200, 12, 6
"""Of a statement, of a section's head, and of a shard's count in the statement, about."""
LOGIT_BYTES = 4
SPREAD = 1.02
"""A proof is no more than so much longer than is usual for its size: its columns' siblings are by chance."""


@dataclass(frozen=True, slots=True)
class ShardSize:
    """What proofs of one size have in common.

    Args:
        number: of such proofs in the bundle.
    """

    number: int
    plan: Plan
    proof: ProofSize


def shard_sizes(model: NetworkCommitment, data: DataCommitment, question: Question, shard: int) -> list[ShardSize]:
    """The sizes of a bundle's proofs: of whole shards, and of what is left of a chunk and of the last chunk."""
    numbers: Counter[tuple[int, int]] = Counter()
    for index, number in {0: len(data.chunks) - 1, len(data.chunks) - 1: 1}.items():
        for within in spans(data.chunks[index].count, shard):
            numbers[index, within.count] += number
    found = []
    for (index, count), number in numbers.items():
        plan = make_plan(sample_instance(model, data, question, count, index))
        found.append(ShardSize(number, plan, proof_size(plan, proof_field().scalars)))
    return found


def bundle_bytes(data: DataCommitment, question: Question, classes: int, sizes: list[ShardSize]) -> int:
    """Bytes of the bundle, within two percent."""
    number = sum(size.number for size in sizes)
    each = SECTION_BYTES + (COUNT_BYTES if isinstance(question, AskScore) else 0)
    proofs = sum(size.number * size.proof.proof_bytes for size in sizes)
    return STATEMENT_BYTES + number * each + proofs + _answer_bytes(question, data.total, classes)


def require_bundle_fits(model: NetworkCommitment, data: DataCommitment, question: Question, shard: int) -> None:
    """Refuse work whose bundle nobody would read. Raises ResourceExceeded, saying how many examples fit."""
    needed, limit = _most(model, data, question, shard, data.total), MAX_FILE_BYTES
    if needed <= limit:
        return
    low, high = 0, data.total
    while low < high:
        middle = (low + high + 1) // 2
        fits = _most(model, data, question, shard, middle) <= limit
        low, high = (middle, high) if fits else (low, middle - 1)
    number = number_of_shards(data.total, data.chunk, shard)
    way = f"{low} examples fit at {shard} a proof: commit and prove in parts" if low else "not even one proof fits"
    raise ResourceExceeded(
        f"the bundle of {number} proofs would take about {needed / MIB:.0f} MB, and no reader takes more than "
        f"{limit / MIB:.0f} MB: {way}" + (fewer_proofs(data, shard) if low else ""),
        needed / MIB,
        limit / MIB,
    )


def fewer_proofs(data: DataCommitment, shard: int) -> str:
    """Last words of advice: what makes the proofs fewer; nothing where one proof is about all examples."""
    if shard < data.chunk:
        return ", or make fewer proofs by a larger --shard"
    if data.chunk < data.total:
        return ", or make fewer proofs: commit the data with a larger --chunk, since no proof is about two chunks"
    return ""


def _most(model: NetworkCommitment, data: DataCommitment, question: Question, shard: int, total: int) -> int:
    """Bytes of the bundle about the first ``total`` examples, at most."""
    part = replace(data, total=total, chunk=min(data.chunk, total))
    sizes = shard_sizes(model, part, question, min(shard, part.chunk))
    return int(SPREAD * bundle_bytes(part, question, model.network.classes, sizes))


def _answer_bytes(question: Question, total: int, classes: int) -> int:
    if isinstance(question, AskLogits):
        return SECTION_BYTES + LOGIT_BYTES * classes * total
    return 0 if isinstance(question, AskScore) else SECTION_BYTES + -(-total // 8)
