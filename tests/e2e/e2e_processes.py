"""The examples as real processes, which a test may kill and start again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DEADLINE_S = 150
RUNNING: list[Actor] = []


@dataclass
class Actor:
    """One side: its command, its running process, its log, and how often it was killed."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self) -> None:
        RUNNING.append(self)
        with self.log.open("ab") as stream:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
            )

    def ended(self) -> int | None:
        """The exit code, None while running."""
        return None if self.process is None else self.process.poll()

    def kill(self) -> None:
        """SIGKILL, as a power cut would have it for this process."""
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.kills += 1

    @property
    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""


def example(name: str, root: Path, rpc: str, *options: str) -> Actor:
    """examples/<name>.py on the tiny model, playing in ``root``."""
    command = [sys.executable, str(EXAMPLES / f"{name}.py"), "--rpc", rpc]
    command += ["--channel", str(root / "channel"), "--home", str(root / name), *options]
    return Actor(name, command, root / f"{name}.log")


def tiny_pair(root: Path, rpc: str, total: int, target: int, stake: int) -> tuple[Actor, Actor]:
    """Seller and buyer of the tiny audit."""
    seller = example(
        "seller", root, rpc, "--model", str(root / "model.onnx"), "--stake", str(stake), "--wait", str(DEADLINE_S)
    )
    wishes = ["--examples", str(total), "--target", str(target), "--wait", str(DEADLINE_S)]
    return seller, example("buyer", root, rpc, "--data", str(root / "data.npz"), *wishes)


def wait_for(*actors: Actor, deadline_s: float = DEADLINE_S) -> None:
    """Until every actor has ended well. A failure shows both logs."""
    give_up = time.monotonic() + deadline_s
    while any(actor.ended() is None for actor in actors):
        failed = [actor.name for actor in actors if actor.ended() not in (None, 0)]
        if failed or time.monotonic() > give_up:
            raise AssertionError(f"{failed or 'nobody'} failed\n" + logs(*actors))
        time.sleep(0.05)
    assert [actor.ended() for actor in actors] == [0] * len(actors), logs(*actors)


def end_all() -> None:
    """Leave no process behind, however the test ended."""
    for actor in RUNNING:
        actor.kill()
    RUNNING.clear()


def logs(*actors: Actor) -> str:
    return "\n".join(f"--- {actor.name}\n{actor.said}" for actor in actors)
