"""Options of the sumcheck backend, and whether it is the one a command is for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from proofs.container import read_file
from proofs.errors import InvalidInput
from proofs.sumcheck_backend.model_commitment import BACKEND, is_network_commitment

ShardOption = Annotated[
    int | None,
    typer.Option("--shard", metavar="N", help="Examples a proof, sumcheck only (default: what fits into memory)."),
]
ChunkOption = Annotated[
    int | None,
    typer.Option(
        "--chunk", metavar="N", help="Examples a committed chunk, sumcheck only (default: about 8 million values)."
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        metavar="N",
        help="Proofs made at once, at most, each by a process of its own, sumcheck only (default: what suits this "
        "machine's cores and memory).",
    ),
]
RayOption = Annotated[
    str | None,
    typer.Option(
        "--ray",
        metavar="ADDRESS",
        help="Prove on a Ray cluster: host:port of its head, or 'local' for one on this machine, sumcheck only.",
    ),
]
CommitOpenlyOption = Annotated[
    bool,
    typer.Option(
        "--no-zk",
        help="Integrity mode, sumcheck only: hide nothing. Proofs are smaller, and show what was committed (default: "
        "zero-knowledge).",
    ),
]
ProveOpenlyOption = Annotated[
    bool,
    typer.Option(
        "--no-zk",
        help="Insist on an integrity proof, sumcheck only: refused where the commitments hide (default: as they are).",
    ),
]
ExampleProofsOption = Annotated[
    int | None,
    typer.Option(
        "--proofs", metavar="N", help="Proofs that may be made about each chunk, sumcheck only (default: 80)."
    ),
]


def for_sumcheck(commit: Path | None, backend: str) -> bool:
    """Whether the model in ``commit`` is committed for this backend.

    Raises:
        InvalidInput: the user asks for this backend, and the model is committed for another.
    """
    if commit is None:
        return False
    found = is_network_commitment(read_file(commit, "model commitment"))
    if backend == BACKEND and not found:
        raise InvalidInput(
            f"{commit} is no commitment for the {BACKEND} backend: leave out --backend, or commit the model again with "
            f"'assay commit model --backend {BACKEND}'"
        )
    return found


def refuse_sumcheck_options(**options: object) -> None:
    """Raises InvalidInput where options of this backend are given to another."""
    given = [
        f"--{name.replace('_', '-')}" for name, value in options.items() if value is not None and value is not False
    ]
    if given:
        raise InvalidInput(f"{' and '.join(given)}: only for models committed for the {BACKEND} backend")
