"""Round proofs a service has made or is making: each kept on disk, one made at a time, only when it is asked for."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from assay.service.problems import Problem
from assay.service.questions import Question
from assay.service.round import Round
from assay.service.round_proof.examples import covered
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from protocols.predictions.round_proof import round_context

LIMIT_S = 3600.0
"""Longest one proof may take."""
MOST_OF_A_ROUND = 4
"""Proofs of one round, each of more answers than the one before: a client that asks on makes the last one stale."""
ATTEMPTS = 2
_FOLDER = "round-proofs"
_LOG = logging.getLogger("assay.service")
_TOLD = {
    "BudgetSpent": "the provider has no openings left for another proof of this network",
    "ResourceExceeded": "the proof does not fit on the provider's machine",
    "TimeoutExpired": "the proof took too long",
}
"""What a client is told of how a proof failed, by the error's class: the error's own words are for the provider."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the proven network is: its commitment with the secret part beside it, and the file it was made from."""

    commit: Path
    onnx: Path


class Workshop:
    """Makes round proofs in child processes.

    Args:
        folder: the service's private folder, whose record the children read.
        source: the network. model: its commitment. limit_s: seconds after which a child is killed.
    """

    def __init__(self, folder: Path, source: Source, model: NetworkCommitment, limit_s: float = LIMIT_S) -> None:
        self._folder, self._source, self._model, self._limit_s = folder, source, model, limit_s
        self._lock = threading.Lock()
        self._at_work: bytes | None = None
        self._child: subprocess.Popen[str] | None = None
        self._failures: dict[bytes, list[str]] = {}
        self._begun: Counter[bytes] = Counter()
        self._closed = False

    @property
    def model(self) -> NetworkCommitment:
        """The network's commitment, whose mode all proofs have."""
        return self._model

    def require_readable(self, of: Round, question: Question) -> None:
        """Refuse an input no proof of the round could be about: the circuit has an answer, the network none."""
        if not covered(self._model, of.view, {question.index: question.raw}):
            low, high = self._model.format.low, self._model.format.high
            raise Problem("unprovable-input", f"this round's network reads whole numbers from {low} to {high} only")

    def proof(self, of: Round, answered: Collection[int]) -> bytes | None:
        """The proof of these answers, or None while it is being made; the first to ask has it begun.

        Raises:
            Problem: nothing to prove, another proof in the making, too many of them, or it failed.
        """
        if not answered:
            raise Problem("round-unproven", "nothing was answered yet")
        indices = sorted(answered)
        key = round_context(of.job_id, indices)
        path = self._path(of, key)
        with self._lock:
            if path.exists():
                return path.read_bytes()
            if self._at_work == key:
                return None
            causes = self._failures.get(key, [])
            if len(causes) >= ATTEMPTS:
                raise Problem("round-unproven", told(causes[-1]))
            if self._at_work is not None or self._closed:
                raise Problem("busy", "another round is being proven; ask again in a while")
            if not causes and self._kept(of) >= MOST_OF_A_ROUND:
                raise Problem("round-unproven", f"{MOST_OF_A_ROUND} proofs of this round were made; no more are")
            self._at_work = key
        self._begin(of, indices, key, path)
        return None

    def close(self) -> None:
        """End a child at work; what it has finished of its proof is kept."""
        with self._lock:
            self._closed, child = True, self._child
        if child is not None:
            child.kill()

    def _path(self, of: Round, key: bytes) -> Path:
        return self._folder / _FOLDER / of.job_id.hex() / f"{key.hex()}.proof"

    def _kept(self, of: Round) -> int:
        """Proofs of a round on disk, and those begun in this process that are not."""
        folder = self._folder / _FOLDER / of.job_id.hex()
        kept = len(list(folder.glob("*.proof"))) if folder.is_dir() else 0
        return max(kept, self._begun[of.job_id])

    def _begin(self, of: Round, indices: list[int], key: bytes, path: Path) -> None:
        if not self._failures.get(key):
            self._begun[of.job_id] += 1
        request = json.dumps(
            {
                "commit": str(self._source.commit),
                "onnx": str(self._source.onnx),
                "round": of.to_bytes().decode(),
                "folder": str(self._folder),
                "indices": indices,
                "out": str(path),
            }
        )
        threading.Thread(target=self._work, args=(key, path, request), name="assay-round-proof", daemon=True).start()

    def _work(self, key: bytes, path: Path, request: str) -> None:
        """Run a child to its end, and note how it ended."""
        try:
            cause = self._run(request)
        except OSError as error:
            cause = str(error)
        if not path.exists():
            _LOG.warning("a round proof failed: %s", cause)
        with self._lock:
            if not path.exists():
                self._failures.setdefault(key, []).append(cause)
            self._at_work, self._child = None, None

    def _run(self, request: str) -> str:
        """The last words of a child."""
        command = [sys.executable, "-m", "assay.service.round_proof.child"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, text=True, **pipes) as child:  # type: ignore[call-overload]
            with self._lock:
                self._child = child
                if self._closed:
                    child.kill()
            try:
                _, errors = child.communicate(request, timeout=self._limit_s)
            except subprocess.TimeoutExpired:
                child.kill()
                return f"TimeoutExpired: it took longer than {self._limit_s:g} s"
        lines = str(errors).strip().splitlines()
        return lines[-1][:300] if lines else f"the prover ended with {child.returncode}"


def told(cause: str) -> str:
    """What a client is told of a failure, whose words may speak of the provider's files, budgets and values."""
    return _TOLD.get(cause.partition(":")[0], "the proof failed; its provider can read why")
