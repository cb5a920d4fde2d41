"""What every ``assay prove`` command does with a finished proof: write it, say what it cost, and describe it."""

from __future__ import annotations

from pathlib import Path

from assay.output import Output
from assay.reference_string import origin_of, warn
from proofs.accuracy import ProveOutcome
from proofs.budget import Budget
from proofs.files import write_atomic
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.secret_model import SecretModel
from proofs.outputs import OutputsOutcome
from proofs.sheets import leaks_of

Fields = dict[str, object]


def finish(output: Output, out: Path, outcome: ProveOutcome | OutputsOutcome, secret: SecretModel) -> Fields:
    """Write the bundle, tell a person about cost and budget; returns what every proof's JSON document holds."""
    bundle = outcome.bundle
    write_atomic(out, bundle.to_bytes())
    left = Budget(secret.commitment.weights_commitment, secret.description.budget).left
    if secret.description.binding == "polycommit":
        output.say(f"{left} proofs remain in this commitment's budget")
    origin = origin_of(bundle)
    warn(output, origin)
    size = out.stat().st_size
    output.say(
        f"{out}: {size} bytes, {len(bundle.batches)} batches, {outcome.prove_s:.1f} s"
        + (f" ({outcome.reused} batches resumed)" if outcome.reused else "")
    )
    return {**_costs(outcome), **_facts(outcome), "proof_bytes": size, "srs": origin, "proof_budget_left": left}


def _costs(outcome: ProveOutcome | OutputsOutcome) -> Fields:
    return {
        "prove_s": outcome.prove_s,
        "setup_s": outcome.setup_s,
        "peak_memory_mb": outcome.peak_memory_mb,
        "stages": outcome.stages,
        "batches_resumed": outcome.reused,
    }


def _facts(outcome: ProveOutcome | OutputsOutcome) -> Fields:
    statement = outcome.bundle.statement
    return {
        "verdict": "proved",
        "statement": statement.to_json(),
        "total": statement.total,
        "zero_knowledge": statement.zero_knowledge,
        "leaks": leaks_of(outcome.bundle),
        "soundness_bits": Halo2Backend.soundness_bits,
        "backend": statement.backend,
    }
