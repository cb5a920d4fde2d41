"""Makes the golden SafetyNets bundles, format 1: ``python tests/golden/make_golden_safetynets.py`` from the root.

One over one prime (a CNN) and one over two (dense layers), with the model and the inputs their verifier holds. Once a
release has been made, the folder is not written again; a new format gets a folder of its own.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent / "v1-safetynets"
sys.path[:0] = [str(FOLDER.parents[2]), str(FOLDER.parents[1])]

from helpers.tiny_safetynets import ProvenNetwork, proven_cnn, proven_mlp  # noqa: E402


def main() -> None:
    """Prove and write the files."""
    FOLDER.mkdir(exist_ok=True)
    facts = {name: write(name, proven) for name, proven in (("cnn", proven_cnn()), ("dense", proven_mlp()))}
    (FOLDER / "safetynets_facts.json").write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")


def write(name: str, proven: ProvenNetwork) -> dict[str, object]:
    """The files of one bundle; returns what is to be remembered of it."""
    (FOLDER / f"{name}.onnx").write_bytes(proven.onnx)
    (FOLDER / f"{name}.assay").write_bytes(proven.bundle.to_bytes())
    archive = io.BytesIO()
    np.savez(archive, x=proven.x)
    (FOLDER / f"{name}.npz").write_bytes(archive.getvalue())
    verdict = proven.verify()
    return {
        "statement": proven.bundle.statement.to_json(),
        "logits": [list(row) for row in verdict.predictions.logits],
        "classes": list(verdict.predictions.classes),
        "logit_scale": str(verdict.predictions.scale),
    }


if __name__ == "__main__":
    main()
