"""The options all ``assay prove`` commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from proofs.backend import require_committed

ModelOption = Annotated[
    Path, typer.Option(metavar="M.onnx", help="The model's ONNX file. Secret where it is committed.")
]
CommitOption = Annotated[Path, typer.Option(metavar="model.commit", help="Its commitment, secret part beside it.")]
MaybeCommitOption = Annotated[
    Path | None,
    typer.Option(metavar="model.commit", help="Its commitment, secret part beside it; safetynets takes none."),
]
OutOption = Annotated[Path, typer.Option("-o", "--out", help="The proof bundle. Public.")]
ContextOption = Annotated[str | None, typer.Option(help="32 bytes of hex the proof is bound to.")]
BackendOption = Annotated[
    str,
    typer.Option(help="Prover, with committed models: halo2 or sumcheck.", is_eager=True, callback=require_committed),
]
AnyBackendOption = Annotated[
    str, typer.Option(help="Prover: halo2 or sumcheck, with a committed model, or safetynets, without.")
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Try all the same where the memory that is free seems too little.")
]
InputsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DATA.npz", help="Array x. Public data, unless --data-commit is given too: then compared with it."
    ),
]
CorpusOption = Annotated[
    Path | None, typer.Option(metavar="corpus.commit", help="Committed corpus, secret part beside it.")
]
