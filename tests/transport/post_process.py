"""One side of a transfer as a process that a test kills: ``office ROOT PORT`` or ``caller ROOT PORT``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from two_sides import BUYER, JOB, Sides

from assay.postbox.courier import Courier
from assay.postbox.line import HttpLine
from assay.postbox.server import Server
from assay.service.host import listen


def main(role: str, root: Path, port: int) -> None:
    sides = Sides(root)
    if role == "office":
        Server(sides.office, listen("127.0.0.2", port), print).start()
    else:
        line = HttpLine(f"http://127.0.0.2:{port}")
        caller = sides.call_as(BUYER, sides.buyer_key, root / "buyer", line)
        courier = Courier(caller, line, caller._desk, print, guests=False)
        courier.follow(JOB)
        courier.start()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
