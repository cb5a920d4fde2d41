"""The two modes of the sumcheck backend, zero-knowledge and integrity, as commands choose, compare and name them."""

from __future__ import annotations

from pathlib import Path

from assay.output import Output
from proofs.errors import InvalidInput
from proofs.sheets import HIDES_NOTHING
from proofs.sumcheck.ligero.parameters import openings
from proofs.sumcheck_backend.blocks import DEFAULT_PROOFS, usable
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.wording import counted

WARNING = "yellow"


def proofs_wanted(no_zk: bool, proofs: int | None, log_columns: int) -> int:
    """How many proofs a commitment in rows of 2^log_columns entries is to make room for; 0 is integrity mode.

    Raises:
        InvalidInput: options that contradict each other, or rows too short to hide anything.
    """
    if no_zk:
        if proofs is not None:
            raise InvalidInput(
                "--no-zk and --proofs: in integrity mode nothing is hidden and no proof is counted; leave one of them "
                "out"
            )
        return 0
    most = usable(log_columns, 1 << log_columns)
    if most < 1:
        raise InvalidInput(
            f"rows of 2^{log_columns} entries are too short to hide anything: choose a larger --log-columns, or --no-zk"
        )
    if proofs is None:
        return min(DEFAULT_PROOFS, most)
    if proofs < 1:
        raise InvalidInput(f"--proofs {proofs}: choose 1 or more, or --no-zk for a commitment that hides nothing")
    return proofs


def require_room(model: NetworkCommitment, commit: Path, proofs: int | None) -> None:
    """Examples are hidden as their model is, since a proof shows as many columns of both.

    Raises:
        InvalidInput: that is not for so many proofs.
    """
    if proofs is None:
        return
    most = openings(model.log_columns, model.block)
    if not 1 <= proofs <= most:
        raise InvalidInput(
            f"--proofs {proofs}: examples for {commit} are hidden as its weights are, in 1 to {most} proofs; commit "
            "the model with a larger --proofs for more"
        )


def require_wanted_mode(model: NetworkCommitment, commit: Path, no_zk: bool) -> None:
    """Raises InvalidInput where an integrity proof is insisted on and would give away what a commitment hides."""
    if no_zk and model.hiding:
        raise InvalidInput(
            f"--no-zk: {commit} hides its weights, and an integrity proof would give away what it hides: leave --no-zk "
            "out for a zero-knowledge proof, or commit the model and the data again with --no-zk"
        )


def require_mode_of(model: NetworkCommitment, format_of: Path, no_zk: bool) -> None:
    """Raises InvalidInput where examples would be committed in another mode than their model."""
    if model.hiding and no_zk:
        raise InvalidInput(
            f"--no-zk: {format_of} hides its weights, and a proof opens model and examples in one mode: leave --no-zk "
            "out, or commit the model again with --no-zk"
        )
    if not no_zk and not model.hiding:
        raise InvalidInput(
            f"{format_of} was committed with --no-zk, and a proof opens model and examples in one mode: say --no-zk "
            "here, too, and proofs show the examples; or commit the model again without it"
        )


def require_same_mode(model: NetworkCommitment, data: DataCommitment, data_commit: Path) -> None:
    """Raises InvalidInput for a model and examples committed in different modes."""
    if model.hiding and not data.hiding:
        raise InvalidInput(
            f"{data_commit} was committed with --no-zk, the model hides its weights: one proof opens both, so both "
            "hide or neither does; commit the data again without --no-zk, or the model again with it"
        )
    if data.hiding and not model.hiding:
        raise InvalidInput(
            f"{data_commit} hides its examples, the model was committed with --no-zk: one proof opens both, so both "
            "hide or neither does; commit the model again without --no-zk, or the data again with it"
        )


def say_mode(output: Output, hiding: bool, allowed: int, hidden: str) -> None:
    """How proofs about a new commitment will be, and how many of them there may be.

    Args:
        hidden: what the commitment hides.
    """
    if not hiding:
        output.say(f"a proof about it is an {HIDES_NOTHING}", WARNING)
        return
    output.say(
        f"zero-knowledge: it hides {hidden} in {counted(allowed, 'proof')}, whoever makes them; each is counted before "
        "it is made, and `assay explain` says how many are left"
    )


def say_round_mode(output: Output, network: NetworkCommitment) -> None:
    """How proofs of whole rounds of a network's answers are."""
    if network.hiding:
        output.say(
            "a proof of a round is zero-knowledge: hides the network's weights and intermediate values; it states the "
            "logits, and whoever guesses the inputs, which both sides know, can confirm the guess by it"
        )
    else:
        output.say(f"a proof of a round is an {HIDES_NOTHING}", WARNING)
