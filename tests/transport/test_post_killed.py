"""A transfer whose processes are killed again and again: all of it arrives, and nothing twice."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from two_sides import ACCEPTED, BUYER, FORTH, JOB, Sides, offer

MESSAGES, KILLS = 120, 3
CHUNK = 1 << 18
DEADLINE_S = 420


def arrived(sides: Sides) -> int:
    folder = sides.root / "seller" / JOB.hex() / FORTH
    return len(list(folder.glob("*.msg"))) if folder.exists() else 0


class Process:
    """One side; ``port`` is the office's."""

    def __init__(self, role: str, root: Path, port: int) -> None:
        script = Path(__file__).with_name("post_process.py")
        self._command = [sys.executable, str(script), role, str(root), str(port)]
        self.start()

    def start(self) -> None:
        path = os.pathsep.join([str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")])
        self._child = subprocess.Popen(self._command, env={**os.environ, "PYTHONPATH": path})

    def kill(self) -> None:
        self._child.kill()
        self._child.wait()


@pytest.mark.slow
def test_either_process_may_be_killed_at_any_time(tmp_path: Path) -> None:
    sides = Sides(tmp_path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.2", 0))
        port = probe.getsockname()[1]
    sides.seller().send(0, ACCEPTED)
    sides.buyer().send(0, offer(BUYER))
    payloads = {number: random.Random(number).randbytes(CHUNK) for number in range(1, MESSAGES + 1)}
    for number, payload in payloads.items():
        sides.buyer().append(number, payload)
    both = [Process(role, tmp_path, port) for role in ("office", "caller")]
    try:
        give_up = time.monotonic() + DEADLINE_S
        for kill in range(KILLS):
            goal = (kill + 1) * MESSAGES // (KILLS + 1)
            while arrived(sides) < goal:
                assert time.monotonic() < give_up
                time.sleep(0.001)
            both[kill % 2].kill()
            inodes = {path.name: path.stat().st_ino for path in (sides.seller_folder / FORTH).glob("*.msg")}
            both[kill % 2].start()
        while arrived(sides) <= MESSAGES:
            assert time.monotonic() < give_up
            time.sleep(0.02)
    finally:
        for process in both:
            process.kill()
    assert all(sides.seller().receive(number) == payload for number, payload in payloads.items())
    now = {path.name: path.stat().st_ino for path in (sides.seller_folder / FORTH).glob("*.msg")}
    assert all(now[name] == inode for name, inode in inodes.items()), "what had arrived was left as it was"
    assert sides.buyer().receive(0) == ACCEPTED
