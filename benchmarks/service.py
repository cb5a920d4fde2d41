"""``python -m benchmarks.service [--write]``: answers a second of the prediction service, over a loopback.

The service runs in a process of its own, with the digits model and its record on disk; the questions come from this
process, over open connections. First at a fixed rate, whatever the answers take (so that waiting counts), then as fast
as a few connections manage.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil

from assay.service.questions import salt_text
from assay.service.session import make_token
from benchmarks.__main__ import machine
from benchmarks.service_host import CLIENT, ROUND

_ROOT = Path(__file__).resolve().parent.parent
RATE, SECONDS, CONNECTIONS = 200, 20, 16
MANY = 4_000
PARTS = ("hash_s", "infer_s", "sign_s", "commit_s")


@dataclass(frozen=True, slots=True)
class Load:
    """One run: answers a second, latencies; processor time and wall time of each part of an answer's work.

    ``machine_load`` is the load average afterwards: above the number of cores, others took part of the processors.
    """

    name: str
    answers: int
    answers_per_s: float
    p50_ms: float
    p99_ms: float
    worst_ms: float
    answers_per_commit: float
    cpu_ms: float
    machine_load: float
    parts_ms: dict[str, float]


class Connection:
    """One kept-alive HTTP connection, as thin as can be, so that the service and not its measure is measured."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, request: bytes) -> None:
        """Send one request and read its whole answer."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the service refused: {head!r} {await self.reader.read(300)!r}")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await self.reader.readexactly(int(length.partition(b":")[2]))


def requests(first: int, count: int) -> list[bytes]:
    """Questions ``first``.. about the audit's digits, ready to send."""
    with np.load(_ROOT / "datasets/digits_audit.npz") as data:
        x = data["x"].reshape(len(data["x"]), -1).astype(float)
    rng, found = np.random.default_rng(first), []
    head = (
        f"POST /v1/jobs/0x{ROUND.job_id.hex()}/answers HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {make_token(CLIENT, ROUND, int(time.time()) + 3600)}\r\n"
    )
    for index in range(first, first + count):
        salt = salt_text(rng.integers(0, 1 << 16, ROUND.view.salt_limbs))
        body = json.dumps({"index": index, "salt": salt, "x": x[index % len(x)].tolist()})
        found.append(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
    return found


async def connections(port: int, count: int) -> list[Connection]:
    """Open connections to the service."""
    return [Connection(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(count)]


async def at_rate(port: int, prepared: list[bytes], rate: float) -> tuple[list[float], float]:
    """Latencies in seconds from the moment each question was due, and the time all took."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in await connections(port, 4 * CONNECTIONS):
        free.put_nowait(connection)
    began, latencies = time.perf_counter(), []

    async def one(due: float, request: bytes) -> None:
        connection = await free.get()
        await connection.ask(request)
        free.put_nowait(connection)
        latencies.append(time.perf_counter() - due)

    tasks = []
    for place, request in enumerate(prepared):
        due = began + place / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(due, request)))
    await asyncio.gather(*tasks)
    return latencies, time.perf_counter() - began


async def at_once(port: int, prepared: list[bytes]) -> tuple[list[float], float]:
    """Latencies in seconds with every connection always waiting for an answer, and the time all took."""
    pending, latencies = iter(prepared), []

    async def worker(connection: Connection) -> None:
        for request in pending:
            sent = time.perf_counter()
            await connection.ask(request)
            latencies.append(time.perf_counter() - sent)

    opened = await connections(port, CONNECTIONS)
    began = time.perf_counter()
    await asyncio.gather(*(worker(connection) for connection in opened))
    return latencies, time.perf_counter() - began


def costs(port: int, pid: int) -> dict[str, float]:
    """The service's own account of its time, and the processor seconds of its process."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as response:
        found: dict[str, float] = json.load(response)["costs"]
    spent = psutil.Process(pid).cpu_times()
    return found | {"cpu_s": spent.user + spent.system, "load": os.getloadavg()[0]}


def summary(
    name: str, latencies: list[float], seconds: float, before: dict[str, float], after: dict[str, float]
) -> Load:
    """The figures of one run."""
    p50, p99 = (float(np.percentile(latencies, q)) * 1e3 for q in (50, 99))
    answers = after["answers"] - before["answers"]
    return Load(
        name,
        len(latencies),
        len(latencies) / seconds,
        p50,
        p99,
        max(latencies) * 1e3,
        answers / (after["commits"] - before["commits"]),
        (after["cpu_s"] - before["cpu_s"]) / answers * 1e3,
        after["load"],
        {part.removesuffix("_s"): (after[part] - before[part]) / answers * 1e3 for part in PARTS},
    )


def measure(folder: Path) -> list[Load]:
    """Both runs against one fresh service."""
    command = [sys.executable, "-m", "benchmarks.service_host", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=_ROOT) as host:
        try:
            if host.stdout is None:
                raise SystemExit("the service has no output")
            port, loads = int(host.stdout.readline()), []
            asyncio.run(at_once(port, requests(0, 100)))  # the first ones load code
            start = 100
            for name, count in ((f"{RATE} a second", RATE * SECONDS), (f"{CONNECTIONS} connections", MANY)):
                prepared, before = requests(start, count), costs(port, host.pid)
                run = at_rate(port, prepared, RATE) if name.endswith("second") else at_once(port, prepared)
                loads.append(summary(name, *asyncio.run(run), before, costs(port, host.pid)))
                start += count
            return loads
        finally:
            host.terminate()


def table(loads: list[Load]) -> str:
    """The runs as Markdown."""
    columns = "load,answers/s,p50 ms,p99 ms,worst ms,answers/commit,hash ms,infer ms,sign ms,commit ms,cpu ms".split(
        ","
    )
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    for load in loads:
        parts = " | ".join(f"{load.parts_ms[part.removesuffix('_s')]:.2f}" for part in PARTS)
        lines.append(
            f"| {load.name} | {load.answers_per_s:.0f} | {load.p50_ms:.1f} | {load.p99_ms:.1f} | {load.worst_ms:.1f} | "
            f"{load.answers_per_commit:.1f} | {parts} | {load.cpu_ms:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and with ``--write`` keep the figures beside the others."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-", dir=_ROOT) as folder:
        loads = measure(Path(folder))
    sys.stdout.write(table(loads) + "\n")
    if "--write" in sys.argv[1:]:
        record = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), "loads": [asdict(x) for x in loads]}
        (_ROOT / "benchmarks/service.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
