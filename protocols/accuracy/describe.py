"""Accuracy terms in words a person can check before signing."""

from __future__ import annotations

from protocols.accuracy.terms import AccuracyTerms

WEI_PER_ETHER = 10**18


def ether(amount_wei: int) -> str:
    """An exact rendering of a wei amount: in ether from a millionth on, else in wei."""
    if abs(amount_wei) < WEI_PER_ETHER // 10**6:
        return f"{amount_wei:,} wei"
    whole, rest = divmod(abs(amount_wei), WEI_PER_ETHER)
    decimals = f"{rest:018d}".rstrip("0")
    return f"{'-' if amount_wei < 0 else ''}{whole:,}{'.' + decimals if decimals else ''} ETH"


def duration(seconds: int) -> str:
    """Seconds as days, hours, minutes and seconds, e.g. ``1 d 2 h``."""
    parts = []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts) or "0 s"


def summary(terms: AccuracyTerms) -> list[tuple[str, str]]:
    """Label and text of each thing a party agrees to, in reading order."""
    share = terms.target / terms.total
    return [
        ("Buyer", terms.buyer),
        ("Seller", f"{terms.seller} (gets the payment whoever submits the proofs)"),
        ("Model", "0x" + terms.model_id.hex()),
        ("Test set", f"{terms.total} examples, proven {terms.batch} at a time; root 0x{terms.data_root.hex()}"),
        (
            "Target",
            f"at least {terms.target} of {terms.total} right ({share:.1%}); a batch never proven counts as wrong",
        ),
        ("Each side locks", ether(terms.deposit)),
        ("Target met", f"buyer pays {ether(terms.payment)} to the seller"),
        ("Target missed", f"seller loses {ether(terms.penalty)} to the buyer"),
        ("Seller aborts after looking", f"buyer pays {ether(terms.abort_fee)}; the abort stays on the model's record"),
        ("Fee", f"{ether(terms.fee)} from each side to {terms.fee_recipient}"),
        ("Model's stake", f"at least {ether(terms.min_stake)}, at most {terms.max_aborts} earlier aborts"),
        ("Verifier", f"{terms.verifier} with code hash 0x{terms.verifier_codehash.hex()}"),
        ("Trusted set-up (SRS)", "0x" + terms.srs_digest.hex()),
        ("Seller accepts within", duration(terms.accept_window)),
        ("Buyer hands over within", duration(terms.hand_over_window)),
        ("Seller decides within", duration(terms.decide_window)),
        ("Seller proves within", duration(terms.prove_window)),
    ]
