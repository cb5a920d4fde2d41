"""Tasks that misbehave on purpose. Workers import this file, so it imports little."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from proofs.errors import InvalidInput
from proofs.sumcheck_backend.workers.bench import Bench
from proofs.sumcheck_backend.workers.tasks import OnStage, ProofTask


@dataclass(frozen=True)
class Echo:
    """A task that answers with a word, and says how many examples it was given and who answers."""

    index: int
    chunk: int = 0
    limit_s: float = 60.0

    @property
    def name(self) -> str:
        return f"echo {self.index}"

    def work(self, bench: Bench, on_stage: OnStage) -> bytes:
        on_stage("echoing")
        return f"{self.index} {len(bench.part.x)} {os.getpid()} {os.environ['NUMBA_NUM_THREADS']}".encode()


@dataclass(frozen=True)
class OnceBad(Echo):
    """An ``Echo`` that misbehaves once: the first to do it leaves a mark in ``folder``.

    Args:
        how: a word of ``MISDEEDS``.
        always: misbehave every time.
    """

    folder: str = ""
    how: str = "die"
    always: bool = False

    def work(self, bench: Bench, on_stage: OnStage) -> bytes:
        on_stage("misbehaving")
        mark = Path(self.folder) / f"{self.how}-{self.index}"
        if self.always or not mark.exists():
            with mark.open("a") as stream:
                stream.write("x")
            misbehave(self.how)
        return super().work(bench, on_stage)


def misbehave(how: str) -> None:
    """In a worker: end, hang, raise, or answer what is no answer."""
    MISDEEDS[how]()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def end() -> None:
    print("the reason why", file=sys.stderr, flush=True)
    os._exit(3)


def hang() -> None:
    time.sleep(1000)


def fail() -> None:
    raise RuntimeError("it went wrong")


def run_out() -> None:
    raise MemoryError


def refuse() -> None:
    raise InvalidInput("nobody can do this")


def answer_nonsense() -> None:
    say((1).to_bytes(8, "big") + b"?")


def answer_half() -> None:
    say(b"\0\0")
    os._exit(0)


def answer_without_end() -> None:
    say(b"\xff" * 8)
    hang()


def say(raw: bytes) -> None:
    """Write to wherever the answers leave."""
    for descriptor in range(3, 20):
        try:
            if os.readlink(f"/proc/self/fd/{descriptor}").startswith("pipe:"):
                os.write(descriptor, raw)
        except OSError:
            continue


MISDEEDS = {
    "die": die,
    "stop": stop,
    "exit": end,
    "hang": hang,
    "raise": fail,
    "memory": run_out,
    "invalid": refuse,
    "nonsense": answer_nonsense,
    "half": answer_half,
    "long": answer_without_end,
}


def pieces(text: bytes) -> list[int]:
    """The numbers an ``Echo`` answers with."""
    return [int(word) for word in text.split()]


@dataclass(frozen=True, slots=True, eq=False)
class BadProof(ProofTask):
    """A shard's proof by a worker that misbehaves in the middle of it.

    Args:
        folder: a shard's first attempt leaves a mark here. how: a word of ``MISDEEDS``, or "flip".
        which: shards it happens to. always: at every attempt.
    """

    folder: str = ""
    how: str = "die"
    which: tuple[int, ...] = (1,)
    always: bool = False

    def work(self, bench: Bench, on_stage: OnStage) -> bytes:
        mark = Path(self.folder) / f"attempts-{self.index}"
        bad = self.index in self.which and (self.always or not mark.exists())
        with mark.open("a") as stream:
            stream.write("x")

        def staged(name: str) -> None:
            on_stage(name)
            if bad and name == "look-ups" and self.how in MISDEEDS:
                misbehave(self.how)

        proof = ProofTask.work(self, bench, staged)
        if bad and self.how == "flip":
            return proof[:-1] + bytes([proof[-1] ^ 1])
        return proof
