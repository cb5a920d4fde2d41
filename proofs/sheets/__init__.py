"""Statement sheets: in plain words, what a proof says, what it hides, what it rests on, and who could still lie."""

from __future__ import annotations

from proofs.bundle import AccuracyBundle
from proofs.read_bundle import AnyBundle
from proofs.safetynets_bundle import SafetyNetsBundle
from proofs.sheets.accuracy import accuracy_sheet
from proofs.sheets.common import SECTIONS, Sheet
from proofs.sheets.inference import inference_sheet
from proofs.sheets.leaks import leaks
from proofs.sheets.leaks import leaks_of as leaks_of_others
from proofs.sheets.retrieval import retrieval_sheet
from proofs.sheets.safetynets import safetynets_sheet
from proofs.sheets.sumcheck import HIDES_NOTHING, mode_of, sumcheck_leaks, sumcheck_sheet
from proofs.sheets.sumcheck_hiding import HIDES
from proofs.statements.outputs import Retrieval
from proofs.sumcheck_backend.bundle import SumcheckBundle

__all__ = [
    "HIDES",
    "HIDES_NOTHING",
    "SECTIONS",
    "Sheet",
    "accuracy_sheet",
    "inference_sheet",
    "leaks",
    "leaks_of",
    "mode_of",
    "retrieval_sheet",
    "safetynets_sheet",
    "sheet_of",
    "sumcheck_sheet",
]


def sheet_of(bundle: AnyBundle, srs_origin: str = "unknown") -> Sheet:
    """The sheet of a bundle of any kind; says what it claims, which holds only once it has been verified.

    Args:
        srs_origin: ``insecure`` or ``ceremony`` where this machine knows the reference string, else ``unknown``.
    """
    if isinstance(bundle, AccuracyBundle):
        return accuracy_sheet(bundle, srs_origin)
    if isinstance(bundle, SafetyNetsBundle):
        return safetynets_sheet(bundle)
    if isinstance(bundle, SumcheckBundle):
        return sumcheck_sheet(bundle)
    if isinstance(bundle.statement, Retrieval):
        return retrieval_sheet(bundle, bundle.statement, srs_origin)
    return inference_sheet(bundle, srs_origin)


def leaks_of(bundle: AnyBundle) -> tuple[str, ...]:
    """The leaks of a bundle of any kind. Raises MalformedProof for a bundle whose circuit does not parse."""
    return sumcheck_leaks(bundle.statement) if isinstance(bundle, SumcheckBundle) else leaks_of_others(bundle)
