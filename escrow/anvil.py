"""A local development chain: anvil as a child process, with the limits of a real chain switched on."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Self

import psutil
from requests import RequestException
from web3 import HTTPProvider
from web3.types import RPCEndpoint

from escrow.node_tools import anvil_executable
from proofs.errors import ChainError, InvalidInput

CHAIN_ID = 31337
"""Anvil's own chain id; a wallet that sees it knows that no real money moves."""

_FORBIDDEN = ("--code-size-limit", "--disable-code-size-limit", "--gas-limit", "--disable-block-gas-limit")
_START_ATTEMPTS = 3  # a free port can be taken by somebody else between asking for it and anvil binding it
_POLL_S = 0.02

# Runs before anvil in the same process id: asks Linux to terminate it when the thread that started it ends.
_TIE_TO_PARENT = """\
import ctypes, os, signal, sys
if ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGTERM, 0, 0, 0) or os.getppid() != int(sys.argv[1]):
    sys.exit("anvil not started: its parent is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""


class Anvil:
    """Anvil as a context manager: a free port, the 16,777,216 gas cap and the 24,576-byte limit in force.

    Args:
        port: TCP port on 127.0.0.1; None picks a free one.
        state: file from which the chain is loaded if it exists and to which it is written at a clean end.
        accounts: number of unlocked development accounts, each with 10,000 ETH.
        chain_id: chain id to report.
        extra_args: further anvil options; those that lift a limit are refused.
        start_timeout_s: seconds to wait for the first answer.
        log_dir: folder for the log file; None makes a temporary one, removed again after a clean end.
    """

    def __init__(
        self,
        *,
        port: int | None = None,
        state: Path | None = None,
        accounts: int = 10,
        chain_id: int = CHAIN_ID,
        extra_args: Sequence[str] = (),
        start_timeout_s: float = 20.0,
        log_dir: Path | None = None,
    ) -> None:
        lifted = [arg for arg in extra_args if arg.split("=")[0] in _FORBIDDEN]
        if lifted:
            raise InvalidInput(f"anvil option {lifted[0]} lifts a limit of real chains; leave it out")
        self._wanted_port = port
        self._state = state
        self._options = ("--accounts", str(accounts), "--chain-id", str(chain_id), *extra_args)
        self._start_timeout_s = start_timeout_s
        self._own_log_dir = log_dir is None
        self._log_dir = log_dir
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.log_path: Path | None = None

    @property
    def url(self) -> str:
        """Address of the JSON-RPC end point."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """Process id while running, else None."""
        return None if self._process is None else self._process.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start anvil and wait until it answers.

        Raises:
            ChainError: it ended at once or did not answer in time; the message names the log file and its last lines.
            MissingArtifact: there is no anvil binary.
        """
        if self._process is not None:
            raise ChainError(f"anvil is already running at {self.url}; stop it before starting it again")
        resumed = self._state is not None and self._state.exists()
        for attempt in range(1, _START_ATTEMPTS + 1):
            self.port = self._wanted_port if self._wanted_port is not None else _free_port()
            self._launch()
            try:
                self._wait_until_answering()
                if resumed:
                    self._keep_clock_monotonic()
                break
            except BaseException as error:
                self._end_process()
                retry = isinstance(error, ChainError) and self._wanted_port is None and self._port_was_taken()
                if not retry or attempt == _START_ATTEMPTS:
                    raise
        atexit.register(self.stop)

    def stop(self) -> None:
        """End anvil (it writes its state first); harmless when it is not running."""
        atexit.unregister(self.stop)
        code = self._end_process()
        if code == 0 and self._own_log_dir and self.log_path is not None:
            self.log_path.unlink(missing_ok=True)
            self.log_path.parent.rmdir()
            self.log_path = None

    def _command(self) -> list[str]:
        binary = str(anvil_executable())
        command = [binary, "--host", "127.0.0.1", "--port", str(self.port), "--enable-tx-gas-limit", "--silent"]
        if self._state is not None:
            self._state.parent.mkdir(parents=True, exist_ok=True)
            command += ["--state", str(self._state)]
        return [*command, *self._options]

    def _launch(self) -> None:
        if self.log_path is None:
            folder = Path(mkdtemp(prefix="assay-anvil-")) if self._log_dir is None else self._log_dir
            folder.mkdir(parents=True, exist_ok=True)
            self.log_path = folder / "anvil.log"
        command = _tied_to_parent(self._command())
        with self.log_path.open("wb") as log:
            # A session of its own, so that Ctrl-C reaches only Python, which then ends anvil in order.
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def _wait_until_answering(self) -> None:
        deadline = time.monotonic() + self._start_timeout_s
        process = self._process
        while process is not None and process.poll() is None and time.monotonic() < deadline:
            try:
                self._rpc("web3_clientVersion", timeout_s=0.5)
            except (RequestException, ValueError):
                time.sleep(_POLL_S)
                continue
            if _listens(process.pid, self.port):  # and not a stranger that had the port before
                return
            time.sleep(_POLL_S)
        ended = process is not None and process.poll() is not None
        how = "ended at once" if ended else f"did not answer within {self._start_timeout_s:g} s"
        raise ChainError(f"anvil on port {self.port} {how}; see {self.log_path}\n{self._log_tail()}")

    def _keep_clock_monotonic(self) -> None:
        """A reloaded anvil counts from the wall clock again, behind blocks whose time had been moved forward.

        One second more, since its clock and ours need not begin their seconds together.
        """
        block = self._rpc("eth_getBlockByNumber", "latest", False)
        if not isinstance(block, dict):
            raise ChainError(f"anvil at {self.url} has no latest block after loading {self._state}; delete that file")
        ahead_s = int(str(block["timestamp"]), 16) - int(time.time()) + 1
        if ahead_s > 0:
            self._rpc("evm_increaseTime", ahead_s)

    def _rpc(self, method: str, *params: object, timeout_s: float = 10.0) -> object:
        provider = HTTPProvider(self.url, request_kwargs={"timeout": timeout_s}, exception_retry_configuration=None)
        return provider.make_request(RPCEndpoint(method), list(params)).get("result")

    def _port_was_taken(self) -> bool:
        return "address already in use" in self._log_tail().lower()

    def _log_tail(self, lines: int = 12) -> str:
        if self.log_path is None or not self.log_path.exists():
            return ""
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])

    def _end_process(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        process.terminate()
        try:
            return process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(pid: int, port: int) -> bool:
    """Whether process ``pid`` itself serves ``port``."""
    try:
        sockets = psutil.Process(pid).net_connections(kind="tcp")
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:  # a system that does not tell; then an answer has to do
        return True
    return any(socket.status == psutil.CONN_LISTEN and socket.laddr.port == port for socket in sockets)


def _tied_to_parent(command: list[str]) -> list[str]:
    """On Linux, ``command`` preceded by a step that makes the child end with this process.

    The kernel ties the child to the *thread* that started it, so only the main thread's children are tied; elsewhere
    the ``atexit`` hook has to do.
    """
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return command
    return [sys.executable, "-I", "-S", "-c", _TIE_TO_PARENT, str(os.getpid()), *command]
