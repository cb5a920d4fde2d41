"""The sections of a page about one bundle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assay.reference_string import description_of
from assay.report.blocks import (
    BAD,
    GOOD,
    WARN,
    Banner,
    Block,
    Bullets,
    Code,
    Facts,
    Notice,
    Part,
    Section,
    Table,
    Text,
    Value,
)
from assay.report.results import kind_of, result_blocks
from assay.report.set_up import origin_notice
from assay.report.timings import Timings
from assay.report.verdicts import MALFORMED, Examined
from assay.report.words import percent
from proofs.bundle import AccuracyBundle
from proofs.outputs_bundle import OutputsBundle
from proofs.sheets import SECTIONS, mode_of
from proofs.sumcheck_backend.bundle import SumcheckBundle

LIARS = SECTIONS[-1]


def proof_banner(found: Examined) -> Banner:
    """The verdict on a bundle."""
    about = f"{kind_of(found)}, {found.files[0].name}"
    if found.failure is None:
        return Banner(
            GOOD, "ACCEPTED", about, "Every check of the verifier passed, against the files named in the appendix."
        )
    word = f"REJECTED: {found.failed_check}"
    return Banner(BAD, word, about, "Nothing this proof claims may be relied on. Its claims are not shown.")


def proof_sections(found: Examined, mark: str, timings: Timings) -> tuple[Section, ...]:
    """All sections about one bundle. ``mark`` keeps the anchors of several proofs apart."""
    if found.sheet is None:
        return (_refusal(found, mark),)
    sheet = dict(found.sheet.sections)
    told = tuple(Part(name, (Bullets(sheet[name]),)) for name in SECTIONS if name != LIARS)
    loud = "No proof speaks about what follows. Weigh it before you rely on the numbers above."
    return (
        Section(f"{mark}result", "Result", result_blocks(found, mark)),
        Section(f"{mark}liars", LIARS, (Notice(WARN, "Not covered by the proof", loud), Bullets(sheet[LIARS]))),
        Section(f"{mark}statement", "Statement sheet", (Text(found.sheet.title + "."),), told),
        Section(f"{mark}fidelity", "Fidelity: integer model against float model", _fidelity(found)),
        Section(f"{mark}strength", "Soundness and set-up", _strength(found)),
        Section(f"{mark}cost", "Time and size", _cost(found, timings)),
    )


def _refusal(found: Examined, mark: str) -> Section:
    malformed = found.failed_check == MALFORMED
    rows = (("File", found.files[0].name), ("Failed check", found.failed_check), ("What was found", str(found.failure)))
    text = (
        "The file is not a canonical proof bundle or commitment, so there was nothing to verify."
        if malformed
        else "The proof is well-formed, and one of the verifier's checks failed. Checks after it were not made."
    )
    return Section(f"{mark}result", "Why the proof was rejected", (Facts(rows), Text(text)))


def _fidelity(found: Examined) -> tuple[Block, ...]:
    proven = "What is proven is the integer model. How it compares with the float model is the prover's word, "
    if isinstance(found.bundle, AccuracyBundle):
        receipt = found.bundle.receipt
        rows = (
            ("Same class", f"{receipt.agree} of {receipt.total} ({percent(receipt.agree / receipt.total)})", "-"),
            ("Correct", str(receipt.integer_correct), str(receipt.float_correct)),
            ("Largest logit error", f"{receipt.max_logit_error_ppm / 1e6:.6f}", "-"),
        )
        table = Table("Fidelity receipt", ("Measure", "Integer model", "Float model"), rows, frozenset({1, 2}))
        return (Text(proven + "bound to the proof, and not itself proven."), table)
    if isinstance(found.bundle, SumcheckBundle) and found.receipt:
        listed = tuple((name.replace("_", " "), str(value)) for name, value in sorted(found.receipt.items()))
        return (Text(proven + "given with the model's commitment and bound by the model id."), Facts(listed))
    return (Text("This proof carries no comparison with a float model; it speaks of the integer model alone."),)


def _strength(found: Examined) -> tuple[Block, ...]:
    facts = found.facts
    kind = "an estimate for the curve BN254, not a computed bound" if facts["backend"] == "halo2" else "computed"
    rows: list[tuple[str, Value]] = [
        ("Backend", str(facts["backend"])),
        ("Soundness", f"{facts['soundness_bits']:g} bits, {kind}"),
        ("Hides", "yes, as far as the statement sheet says" if facts["zero_knowledge"] else "no"),
    ]
    if "worst_round_bits" in facts:
        rows.insert(2, ("Worst single round", f"{facts['worst_round_bits']:g} bits"))
    if isinstance(found.bundle, SumcheckBundle):
        rows.append(("Mode", mode_of(found.bundle.statement)))
    if isinstance(found.bundle, AccuracyBundle | OutputsBundle):
        rows.append(("Reference string", Code("sha-256 " + description_of(found.bundle).srs_digest.hex())))
    return (origin_notice(str(facts["srs"])), Facts(tuple(rows)))


def _cost(found: Examined, timings: Timings) -> tuple[Block, ...]:
    rows: list[tuple[str, Value]] = [("Proof", f"{found.facts['proof_bytes']:,} bytes")]
    rows += _seconds(found.facts, timings)
    return (Facts(tuple(rows)),)


def _seconds(facts: Mapping[str, Any], timings: Timings) -> list[tuple[str, Value]]:
    rows: list[tuple[str, Value]] = []
    if timings.stamped:
        rows.append(("Verifying", f"{facts['verify_s']:.2f} s, here, a first build of the circuit included"))
    else:
        rows.append(("Verifying", "not shown: seconds differ at every run; give --stamp to have them here"))
    rows += [(name, text) for name, text in timings.proving]
    if not timings.proving:
        rows.append(("Proving", "not known: a bundle does not say; give the prover's --prove-json to have it here"))
    return rows
