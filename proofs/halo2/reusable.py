"""The verifier contract that all circuits share, and one circuit's verifying key in the form it takes.

ezkl writes two kinds of Solidity verifier: one with the verifying key inside, and one that is handed the key with each
call, as words (its "verifying key artifact", VKA). The second has the same source for every circuit, byte by byte.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from onnx import TensorProto, helper

from proofs.encoding import keccak256
from proofs.errors import ProverFailed, ResourceExceeded
from proofs.files import write_atomic
from proofs.halo2.artefacts import Artefacts
from proofs.halo2.runner import Progress, Report, run_job
from proofs.paths import cache_dir

SOURCE_SHA256 = "b426d5f31e2f9d327baac7d9415dd135df06a6d2628f971ae7446c4bffbcd80f"
"""Of the shared verifier's source as ezkl 23.0.5 writes it: found the same for every circuit tried, k from 11 to 19."""
WORD_BYTES = 32
MAX_WORDS = 767
"""What a contract of 24,576 bytes (EIP-170) holds behind the one byte that keeps it from being run."""
_COUNT_BYTES = 8
# The smallest circuit ezkl sets up in a moment; its reference string and keys are thrown away, only the source is kept.
_LOGROWS, _BASE, _LEGS = 11, 1024, 2


@dataclass(frozen=True, slots=True)
class ReusableKey:
    """One circuit for the shared verifier. Public.

    Args:
        words: the verifying key artifact, a whole number of 32-byte words.
        proof_bytes: exact length of the circuit's proofs; the shared verifier itself does not insist on it.
        source: the shared verifier's Solidity source.
    """

    words: bytes
    proof_bytes: int
    source: str

    @property
    def digest(self) -> bytes:
        """What an adapter compares: keccak-256 over the words (32 bytes)."""
        return keccak256(self.words)

    @property
    def code(self) -> bytes:
        """The code of the contract that holds the words; it begins with STOP, so that it cannot be run."""
        return b"\0" + self.words


def reusable_key(artefacts: Artefacts, progress: Progress | None = None) -> ReusableKey:
    """The verifying key this party built itself, as words for the shared verifier.

    Raises:
        ProverFailed: ezkl writes another shared verifier than the known one, or no whole number of words.
        ResourceExceeded: more words than one contract holds.
    """
    request = {"vk": str(artefacts.vk), "settings": str(artefacts.settings), "srs": str(artefacts.srs)}
    report = run_job("reusable", request, progress=progress)
    words = parse_words(bytes.fromhex(report.answer["vka"]))
    return ReusableKey(words, artefacts.proof_bytes, _known_source(report))


def shared_source(progress: Progress | None = None) -> str:
    """The shared verifier's source, from the cache or written by ezkl for a throw-away circuit.

    Raises ProverFailed: ezkl writes another one than the known one.
    """
    kept = cache_dir() / f"shared-verifier-{SOURCE_SHA256[:16]}.sol"
    if kept.is_file() and _sha256(kept.read_text()) == SOURCE_SHA256:
        return kept.read_text()
    source = _fresh_source(progress)
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(kept, source.encode())
    return source


def parse_words(artifact: bytes) -> bytes:
    """The words of an artifact file: eight bytes of count, little-endian, then as many words of 32 bytes."""
    count, words = int.from_bytes(artifact[:_COUNT_BYTES], "little"), artifact[_COUNT_BYTES:]
    if not count or len(words) != count * WORD_BYTES:
        raise ProverFailed("verifying key artifact", f"{len(words)} bytes for {count} words; is this the pinned ezkl?")
    if count > MAX_WORDS:
        raise ResourceExceeded(
            f"the verifying key has {count} words, one contract holds {MAX_WORDS} (EIP-170); use a smaller batch",
            needed=count,
            available=MAX_WORDS,
        )
    return words


def _fresh_source(progress: Progress | None) -> str:
    arguments = {"decomp_base": _BASE, "decomp_legs": _LEGS, "logrows": _LOGROWS, "input_scale": 0, "param_scale": 0}
    with tempfile.TemporaryDirectory(prefix="assay-") as name:
        folder = Path(name)
        (folder / "model.onnx").write_bytes(_smallest_model())
        report = run_job("settings", {"model": "model.onnx", "run_args": arguments}, folder=folder, progress=progress)
        logrows = max(_LOGROWS, int(report.answer["settings"]["run_args"]["logrows"]))
        run_job("ceremony", {"srs": "srs", "logrows": logrows}, folder=folder, progress=progress)
        files = {"model": "model.onnx", "vk": "vk", "settings": "settings.json", "srs": "srs"}
        run_job("setup", files, folder=folder, progress=progress)
        return _known_source(run_job("reusable", files, folder=folder, progress=progress))


def _smallest_model() -> bytes:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "smallest", values[:1], values[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def _known_source(report: Report) -> str:
    source = str(report.answer["source"])
    if _sha256(source) != SOURCE_SHA256:
        raise ProverFailed(
            "shared verifier",
            f"its source has sha-256 {_sha256(source)}, not {SOURCE_SHA256}; is this the pinned ezkl?",
        )
    return source


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
