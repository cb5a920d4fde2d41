"""Which tests are run for which modules: a scope is one pytest process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Scope:
    """Modules by glob, and the tests that speak for their checks."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]

    def files(self) -> list[str]:
        found = {path for pattern in self.modules for path in ROOT.glob(pattern)}
        return sorted(path.relative_to(ROOT).as_posix() for path in found if path.name != "__init__.py")

    def test_paths(self) -> list[str]:
        """In the order they are named in, the quick ones first."""
        found = [path for pattern in self.tests for path in sorted(ROOT.glob(pattern))]
        return list(dict.fromkeys(path.relative_to(ROOT).as_posix() for path in found))


COMMITTED = (
    "test_set merkle corpus_commitment delivery_check delivery_open faults examples_open cipher openings model "
    "input_format view_format"
).split()

SCOPES = (
    Scope(
        "commitments",
        tuple(f"proofs/commitment/{name}.py" for name in COMMITTED),
        ("tests/proofs/test_merkle.py", "tests/soundness/test_mutants_commit*.py", "tests/proofs/test_input_format.py",
         "tests/proofs/test_view_format.py", "tests/proofs/test_handing_over.py", "tests/proofs/test_delivery.py",
         "tests/proofs/test_corpus.py", "tests/proofs/test_outputs_bundle.py", "tests/proofs/test_commit_data.py",
         "tests/proofs/test_bundle.py", "tests/proofs/test_settings.py", "tests/proofs/test_corpus_tamper.py"),
    ),
    Scope(
        "encodings",
        ("proofs/container.py", "proofs/canonical.py", "proofs/encoding.py", "proofs/nesting.py",
         "protocols/canonical.py", "protocols/eip712.py", "protocols/sealing.py", "protocols/channel.py",
         "protocols/hand_over.py", "protocols/sealed_channel.py", "protocols/job_tag.py", "protocols/solidity.py",
         "protocols/signed_messages.py", "protocols/terms_fields.py"),
        ("tests/proofs/test_canonical.py", "tests/proofs/test_container.py", "tests/proofs/test_nesting.py",
         "tests/proofs/test_exact_integers.py", "tests/proofs/test_merkle.py", "tests/protocols/test_*.py",
         "tests/protocols/sampled/test_*.py", "tests/protocols/predictions/test_*messages*.py",
         "tests/protocols/predictions/test_*terms*.py", "tests/protocols/retrieval/test_*.py",
         "tests/soundness/test_mutants_encod*.py"),
    ),
    Scope(
        "game machines",
        ("protocols/games/rules.py", "protocols/*/machine.py", "protocols/*/*_moves.py", "protocols/*/terms.py",
         "protocols/*/messages.py", "protocols/*/offer_check.py", "protocols/*/signing.py", "protocols/*/drawing.py",
         "protocols/predictions/round_proof.py", "protocols/predictions/answers.py"),
        ("tests/protocols/**/test_*.py", "tests/games/test_*paths.py", "tests/games/test_*random*.py",
         "tests/games/test_admission.py", "tests/soundness/test_mutants_game*.py"),
    ),
    Scope(
        "halo2 verifier",
        ("proofs/halo2/verifier.py", "proofs/halo2/task_verifier.py", "proofs/halo2/tag.py", "proofs/halo2/points.py",
         "proofs/halo2/description.py", "proofs/bundle.py", "proofs/outputs_bundle.py", "proofs/read_bundle.py",
         "proofs/statements/accuracy.py", "proofs/statements/outputs.py", "proofs/outputs.py", "proofs/predicate.py"),
        ("tests/proofs/test_tamper.py", "tests/proofs/test_bundle.py", "tests/proofs/test_outputs_tamper.py",
         "tests/proofs/test_outputs_bundle.py", "tests/proofs/test_outputs_semantics.py", "tests/proofs/test_points.py",
         "tests/proofs/test_semantics.py", "tests/proofs/test_corpus_tamper.py", "tests/golden/test_*.py",
         "tests/proofs/test_accept.py", "tests/soundness/test_mutants_halo*.py"),
    ),
    Scope(
        "sum-check core",
        ("proofs/sumcheck/*.py", "proofs/sumcheck/reductions/*.py", "proofs/sumcheck/lookups/*.py",
         "proofs/sumcheck/ligero/*.py", "proofs/sumcheck/layers/*.py", "proofs/sumcheck/renewal/*.py",
         "proofs/sumcheck/hiding/*.py"),
        ("tests/sumcheck/test_*.py", "tests/sumcheck/reductions/test_*.py", "tests/sumcheck/lookups/test_*.py",
         "tests/sumcheck/ligero/test_*.py", "tests/sumcheck/layers/test_*.py", "tests/sumcheck/renewal/test_*.py",
         "tests/sumcheck/hiding/test_*.py", "tests/soundness/test_mutants_sum*.py"),
    ),
    Scope(
        "committed networks",
        ("proofs/sumcheck/committed/verif*.py", "proofs/sumcheck/committed/instance.py",
         "proofs/sumcheck/committed/transcripts.py", "proofs/sumcheck/committed/hidden/*.py",
         "proofs/sumcheck/committed/heads/*.py", "proofs/sumcheck_backend/verifying.py",
         "proofs/sumcheck_backend/bundle.py", "proofs/sumcheck_backend/chunks.py", "proofs/sumcheck_backend/lineage.py",
         "proofs/sumcheck_backend/*_commitment.py", "proofs/statements/sumcheck*.py"),
        ("tests/soundness/test_committed_*.py", "tests/soundness/test_hidden_*.py",
         "tests/proofs/test_sumcheck_*.py", "tests/sumcheck/committed/test_*.py",
         "tests/soundness/test_mutants_net*.py"),
    ),
    Scope(
        "safetynets",
        ("proofs/safetynets*.py", "proofs/sumcheck/safetynets/*.py", "proofs/statements/safetynets.py"),
        ("tests/proofs/test_safetynets_*.py", "tests/sumcheck/safetynets/test_*.py"),
    ),
    Scope(
        "deployments",
        ("escrow/code_check.py", "escrow/deployment.py", "escrow/task_deployment.py", "escrow/retrieval_check.py"),
        ("tests/escrow/test_deployment.py", "tests/escrow/test_retrieval_deployment.py",
         "tests/escrow/test_submission_tamper.py", "tests/escrow/test_retrieval.py",
         "tests/escrow/test_sampled_escrow.py", "tests/escrow/test_reusable_adapter.py"),
    ),
)  # fmt: skip
