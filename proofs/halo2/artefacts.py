"""The files a circuit description determines: settings, keys, Solidity verifier. Rebuilt by each party for itself.

They are built around random weights, never the real ones, so holding them tells nothing; for ``fixed``, whose weights
are public and live in the verifying key, they are built around the weights. Kept in the cache under the digest of what
determines them, and checked against the note written when they were made.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from proofs.errors import InvalidInput, ProverFailed, RejectedProof
from proofs.files import write_atomic
from proofs.halo2 import graph_rules, srs
from proofs.halo2.architecture import Weights
from proofs.halo2.columns import check_columns
from proofs.halo2.description import Circuit, installed_ezkl
from proofs.halo2.mask import Mask, fresh
from proofs.halo2.runner import Progress, Report, run_job
from proofs.halo2.settings import canonical_settings, check_operations, check_parameters, check_rows, run_args
from proofs.halo2.task import TaskCircuit
from proofs.paths import cache_dir

# Raised with every change of the circuit around the model, so that no cache outlives it.
WRAPPER_REVISION = b"accuracy-wrapper-3"
_PROOF_LENGTH = re.compile(r"eq\((0x[0-9a-f]+), proof\.length\)")


@dataclass(frozen=True, slots=True)
class Artefacts:
    """Paths of a built circuit, with the exact proof length and the digest of the verifying key. Public."""

    folder: Path
    srs: Path
    proof_bytes: int
    vk_sha256: str
    setup_s: float

    @property
    def settings(self) -> Path:
        """Canonical settings.json."""
        return self.folder / "settings.json"

    @property
    def vk(self) -> Path:
        """Verifying key."""
        return self.folder / "vk"

    @property
    def pk(self) -> Path:
        """Proving key; large."""
        return self.folder / "pk"

    @property
    def verifier_source(self) -> str:
        """Solidity source of the generated verifier."""
        return (self.folder / "verifier.sol").read_text()


def build(
    description: Circuit,
    weights: Weights | None = None,
    progress: Progress | None = None,
    *,
    proving: bool = False,
) -> Artefacts:
    """Build, or fetch from the cache, everything ``description`` determines.

    Args:
        weights: the public weights of a ``fixed`` circuit; refused otherwise.
        proving: also check the proving key against its digest: a proof tried with a damaged one is a proof spent.

    Raises:
        InvalidInput: another ezkl release, or weights where none may be.
        MissingArtifact: the reference string is not on this machine.
        RejectedProof: the graph mixes examples, or the wrapper would commit a constant of its own.
    """
    if description.ezkl_version != installed_ezkl():
        raise InvalidInput(
            f"this circuit was made for ezkl {description.ezkl_version}; {installed_ezkl()} is installed, "
            "and another release is another circuit: install the release it names"
        )
    if (weights is not None) != (description.binding == "fixed"):
        raise InvalidInput(
            "a 'fixed' circuit is built around its public weights (give --model), any other without them"
        )
    reference = srs.find(description.parameters.logrows, description.srs_digest)
    folder = cache_dir() / "circuits" / _key(description, weights)
    with _one_builder(folder):
        cached = _load(folder, reference.path, proving)
        if cached is not None:
            return cached
        draft = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
        try:
            note = _build_in(draft, description, weights, reference.path, progress)
            write_atomic(draft / "note.json", json.dumps(note).encode())
            shutil.rmtree(folder, ignore_errors=True)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    built = _load(folder, reference.path, proving)
    if built is None:
        raise ProverFailed("setup", f"the files just written to {folder} do not match their digests; check the disk")
    return built


def is_built(description: Circuit, weights: Weights | None = None) -> bool:
    """Whether ``build`` is likely to find everything in the cache."""
    return (cache_dir() / "circuits" / _key(description, weights) / "note.json").is_file()


def skeleton(description: Circuit, weights: Weights | None) -> bytes:
    """The circuit's ONNX around stand-in weights (or the public ones, for ``fixed``)."""
    mask: Mask | None = fresh(description.mask_units) if description.mask_units else None
    chosen = weights if weights is not None else description.architecture.random_weights()
    return description.onnx(chosen, mask)


def derive_settings(
    folder: Path, model: Path, arguments: dict[str, object], progress: Progress | None
) -> dict[str, object]:
    """ezkl's settings for a circuit graph, unsorted, once its operations are found to be ones we trust."""
    report = run_job("settings", {"model": str(model), "run_args": arguments}, folder=folder, progress=progress)
    check_operations(report.answer["operations"])
    settings: dict[str, object] = report.answer["settings"]
    return settings


def _build_in(
    folder: Path, description: Circuit, weights: Weights | None, reference: Path, progress: Progress | None
) -> dict[str, object]:
    fault = graph_rules.problem(description.architecture, description.labelled)
    if fault is not None:
        raise RejectedProof("architecture", f"the committed graph does not classify examples one by one: {fault}")
    model = folder / "model.onnx"
    model.write_bytes(skeleton(description, weights))
    arguments = run_args(description.scale_bits, description.binding, description.parameters)
    settings = derive_settings(folder, model, arguments, progress)
    check_parameters(settings, description)
    check_rows(settings, description)
    if isinstance(description, TaskCircuit):
        check_columns(description, progress)
    (folder / "settings.json").write_bytes(canonical_settings(settings))
    request = {"model": str(model), "settings": str(folder / "settings.json"), "srs": str(reference)}
    report = run_job("setup", request, folder=folder, progress=progress)
    for leftover in ("circuit", "model.onnx", "verifier.abi"):
        (folder / leftover).unlink(missing_ok=True)
    return _note(folder, report)


def _note(folder: Path, report: Report) -> dict[str, object]:
    source = (folder / "verifier.sol").read_text()
    length = _PROOF_LENGTH.search(source)
    if length is None:
        raise ProverFailed("setup", "the generated verifier does not state its proof length; is this the pinned ezkl?")
    return {
        "files": {name: _sha256(folder / name) for name in ("settings.json", "vk", "pk", "verifier.sol")},
        "proof_bytes": int(length.group(1), 16),
        "setup_s": round(report.wall_s, 3),
        "peak_memory_mb": round(report.peak_memory_mb, 1),
    }


@contextmanager
def _one_builder(folder: Path) -> Iterator[None]:
    """Keeps other processes from building, and replacing, the same circuit meanwhile."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f".{folder.name}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _load(folder: Path, reference: Path, proving: bool) -> Artefacts | None:
    """The cached artefacts, or None when absent or damaged (only who will use the large proving key hashes it)."""
    try:
        note = json.loads((folder / "note.json").read_text())
        files = note["files"]
        checked = ["settings.json", "vk", "verifier.sol"] + (["pk"] if proving else [])
        if any(_sha256(folder / name) != files[name] for name in checked):
            return None
        return Artefacts(folder, reference, int(note["proof_bytes"]), str(files["vk"]), float(note["setup_s"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _key(description: Circuit, weights: Weights | None) -> str:
    content = hashlib.sha256(WRAPPER_REVISION + description.digest)
    for name, values in sorted((weights or {}).items()):
        content.update(name.encode() + values.tobytes())
    return content.hexdigest()[:40]


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
