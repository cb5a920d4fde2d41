"""``assay ceremony``: the structured reference string, which neither seller nor buyer may make."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assay.output import JsonOption, Output
from proofs.canonical import to_hex
from proofs.errors import InvalidInput
from proofs.halo2 import srs


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("ceremony")(ceremony)


def ceremony(
    insecure: Annotated[
        int | None, typer.Option("--insecure", metavar="K", help="Make a string for 2^K rows here. FOR TESTS ONLY.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--import", metavar="FILE", help="Take a ceremony's file into the cache.")
    ] = None,
    sha256: Annotated[str | None, typer.Option(help="The file's sha-256, from the ceremony's own publication.")] = None,
    json: JsonOption = None,
) -> None:
    """Import a ceremony's reference string, or make an insecure one for tests; without options, list what is here.

    Whoever makes a reference string alone can forge every proof under it, so a seller and a buyer use one that
    neither of them made.
    """
    output = Output(json)
    if insecure is not None and source is not None:
        raise InvalidInput("give either --insecure or --import, not both")
    if sha256 is not None and source is None:
        raise InvalidInput("--sha256 goes with --import FILE: it is what that file is compared with")
    found = srs.listing()
    if source is not None:
        if sha256 is None:
            raise InvalidInput("--import needs --sha256, copied from the ceremony's own publication")
        found = [srs.import_file(source, sha256)]
    elif insecure is not None:
        with output.progress("reference string") as stages:
            found = [srs.make_insecure(insecure, stages.stage)]
        output.say(
            "INSECURE: this machine could forge every proof made under this string; use it for tests only", "red"
        )
    _report(output, found)


def _report(output: Output, found: list[srs.Srs]) -> None:
    output.table(
        "reference strings",
        ["rows", "origin", "file"],
        [[f"2^{item.logrows}", item.origin, str(item.path)] for item in found],
    )
    for item in found:
        output.say(f"sha-256 of 2^{item.logrows}: {item.digest.hex()}")
    output.document(
        {
            "reference_strings": [
                {"logrows": item.logrows, "origin": item.origin, "sha256": to_hex(item.digest), "path": str(item.path)}
                for item in found
            ]
        }
    )
