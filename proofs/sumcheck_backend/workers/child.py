"""A worker process: ``python -m proofs.sumcheck_backend.workers.child PARENT-PID``, started by ``process.py`` only.

Everything secret comes through standard input, as frames: the model, then chunks and tasks. Answers leave through
standard output, as frames. It ends when standard input does, at once, whatever it is doing: numpy and the compiled
kernels let go of the interpreter's lock often enough for that. On Linux the kernel ends it, too, with its parent.
"""

from __future__ import annotations

import os
import sys
import threading
from queue import SimpleQueue
from typing import Any, BinaryIO

from proofs.halo2.lifeline import tie_to_parent
from proofs.sumcheck_backend.workers.bench import Bench
from proofs.sumcheck_backend.workers.entry import STAGE, perform, unpacked
from proofs.sumcheck_backend.workers.frames import MAX_TO_WORKER, BrokenFrame, read_frame, write_frame
from proofs.sumcheck_backend.workers.part import ChunkPart


def main() -> None:
    """Work until the parent wants no more."""
    tie_to_parent(int(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed must not lie between answers
    inbox: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, inbox), daemon=True).start()
    bench = Bench(inbox.get())
    while True:
        given = inbox.get()
        if isinstance(given, ChunkPart):
            bench.take(given)
        else:
            write_frame(answers, perform(bench, given, lambda name: write_frame(answers, STAGE + name.encode())))


def _receive(stream: BinaryIO, inbox: SimpleQueue[Any]) -> None:
    """Put what comes into the inbox; end the process when nothing can come any more."""
    try:
        while (raw := read_frame(stream, MAX_TO_WORKER)) is not None:
            inbox.put(unpacked(raw))
    except BrokenFrame:
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
