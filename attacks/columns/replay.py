"""What anybody reads in a proof: the verifier's walk is run over it, and its last messages are kept.

Positions and challenges are hashes of what was said before, so that running the verifier is all it takes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attacks.columns.modular import Matrix
from attacks.columns.public import PublicProof
from proofs.sumcheck.claims import bits
from proofs.sumcheck.committed.hidden.verifier import verify_hidden
from proofs.sumcheck.committed.outline import plan_tails
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.committed.transcripts import transcript
from proofs.sumcheck.committed.verifier import verify_all
from proofs.sumcheck.exchange import Received, Verifier
from proofs.sumcheck.fields import Field
from proofs.sumcheck.hiding.opening import mask_rows
from proofs.sumcheck.ligero.merkle import proof_bytes
from proofs.sumcheck.ligero.parameters import SALT_BYTES
from proofs.sumcheck.ligero.queries import ENTRY_BYTES, queried, read_entries
from proofs.sumcheck.transcript import run_verifier

MASK, COMBINATION, COLUMNS = "opening/mask", "opening/combination", "opening/columns"


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What one proof shows of the committed matrices.

    Args:
        asked: the positions, ascending.
        columns: of the model's, the examples' and the witness's words: (positions, rows) each; a hiding proof's masks
            are the witness's last rows.
        weights: by which all rows were combined, (4, rows), coordinates of the extension.
        combination: of all rows, (4, N + B), with a mask added where the proof hides.
    """

    asked: tuple[int, ...]
    columns: tuple[Matrix, Matrix, Matrix]
    weights: Matrix
    combination: Matrix


def shown(field: Field, public: PublicProof) -> Shown:
    """Read a proof of either mode. Raises an AssayError where it does not verify."""
    instance, plan = public.instance, make_plan(public.instance)
    said: dict[str, Received] = {}
    walk = verify_hidden(field, plan) if instance.hiding else verify_all(field, plan)
    run_verifier([(kept(walk, said), field.scalars)], public.proof, transcript(instance, public.statement))
    code = instance.code()
    asked = queried(said[COMBINATION].challenges, code)
    row_point = [said[f"batch/{bit}"].challenges[0] for bit in reversed(range(code.log_columns, plan.flat_bits))]
    weights = field.eq_table(row_point, plan.rows)
    masks = 0
    if instance.hiding:
        weights = field.scale(weights, said[MASK].challenges[0])
        masks = mask_rows(plan_tails(plan, code.prime))
    counts = (instance.model.rows, instance.chunk.matrix.rows, plan.rows - plan.first_row + masks)
    combined = read_entries(said[COMBINATION].raw, "the combination").reshape(-1, 4)[: code.dimension]
    return Shown(
        tuple(asked),
        _columns(said[COLUMNS].raw, asked, counts, bits(code.positions)),
        np.asarray(weights).astype(np.int64),
        combined.T.astype(np.int64),
    )


def kept(verifier: Verifier[None], said: dict[str, Received]) -> Verifier[None]:
    """The same verifier; every answer it is given is kept under its message's label."""
    try:
        request = next(verifier)
        while True:
            answer = yield request
            said[request.label] = answer
            request = verifier.send(answer)
    except StopIteration:
        return


def _columns(raw: bytes, asked: list[int], counts: tuple[int, int, int], depth: int) -> tuple[Matrix, Matrix, Matrix]:
    """The entries of the message "columns", behind each column's salt; siblings are skipped."""
    found, start = [], 0
    for count in counts:
        size = SALT_BYTES + ENTRY_BYTES * count
        lines = np.frombuffer(raw, np.uint8, size * len(asked), start).reshape(len(asked), size)
        entries = np.ascontiguousarray(lines[:, SALT_BYTES:]).view("<u4")
        found.append(entries.astype(np.int64))
        start += size * len(asked) + proof_bytes(asked, depth)
    return found[0], found[1], found[2]
