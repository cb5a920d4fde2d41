"""Anvil as a child process: limits on, restarted from its state, and never left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest

from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_clock import advance_time
from proofs.errors import ChainError, InvalidInput

DAY_S = 86_400
ROOT = Path(__file__).resolve().parents[2]


def gone(pid: int, within_s: float = 10.0) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


def test_restart_from_state_keeps_money_and_time(tmp_path: Path) -> None:
    state = tmp_path / "chain" / "state.json"
    with Anvil(state=state) as first:
        chain = Chain.connect(first.url)
        one, two = chain.dev_signers()[:2]
        advance_time(chain, 3 * DAY_S)
        chain.send_ether(one, two.address, 10**18)
        block, balance = chain.block_number(), chain.balance(two.address)
        then = chain.block_time(block)  # what the chain holds; the seconds waited since are nobody's record
    assert state.is_file()
    with Anvil(state=state) as second:
        chain = Chain.connect(second.url)
        assert (chain.block_number(), chain.balance(two.address)) == (block, balance)
        assert chain.now() >= then
        receipt = chain.send_ether(one, two.address, 1)
        assert receipt.block == block + 1
        assert chain.block_time(block + 1) >= chain.block_time(block)
    with Anvil(state=state) as third:
        assert Chain.connect(third.url).balance(two.address) == balance + 1


@pytest.mark.parametrize("option", ["--code-size-limit", "--disable-block-gas-limit", "--gas-limit=99999999999"])
def test_limits_cannot_be_lifted(option: str) -> None:
    with pytest.raises(InvalidInput, match="lifts a limit"):
        Anvil(extra_args=[option])


def test_failure_to_start_shows_the_log(tmp_path: Path) -> None:
    anvil = Anvil(extra_args=["--no-such-option"], log_dir=tmp_path)
    with pytest.raises(ChainError, match=r"(?s)ended at once; see .*anvil\.log.*--no-such-option"):
        anvil.start()
    assert anvil.pid is None
    assert "--no-such-option" in (tmp_path / "anvil.log").read_text()


def test_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        with pytest.raises(ChainError, match="ended at once"):
            Anvil(port=busy.getsockname()[1], log_dir=tmp_path).start()


def test_another_anvil_on_the_port_is_not_mistaken_for_ours(tmp_path: Path) -> None:
    with Anvil() as first, pytest.raises(ChainError, match="ended at once"):
        Anvil(port=first.port, log_dir=tmp_path).start()


def test_damaged_state_file(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text("{broken")
    with pytest.raises(ChainError, match=r"anvil\.log"):
        Anvil(state=state, log_dir=tmp_path).start()
    assert state.read_text() == "{broken"


def test_ends_with_the_block_also_on_exceptions() -> None:
    with pytest.raises(RuntimeError, match="boom"), Anvil() as anvil:
        pid, log = anvil.pid, anvil.log_path
        raise RuntimeError("boom")
    assert pid is not None
    assert log is not None
    assert gone(pid)
    assert not log.exists()
    anvil.stop()


def test_cannot_be_started_twice() -> None:
    with Anvil() as anvil:
        with pytest.raises(ChainError, match="already running"):
            anvil.start()
        assert Chain.connect(anvil.url).is_anvil


def test_killed_anvil_leaves_its_log(tmp_path: Path) -> None:
    anvil = Anvil(log_dir=tmp_path)
    anvil.start()
    assert anvil.pid is not None
    os.kill(anvil.pid, signal.SIGKILL)
    anvil.stop()
    assert (tmp_path / "anvil.log").exists()


def test_outlives_the_thread_that_started_it() -> None:
    anvil = Anvil()
    starter = threading.Thread(target=anvil.start)
    starter.start()
    starter.join()
    try:
        time.sleep(0.2)
        assert Chain.connect(anvil.url).chain_id == 31337
    finally:
        anvil.stop()


PARENT = """
    import sys, time
    from pathlib import Path
    from escrow.anvil import Anvil
    state = Path(sys.argv[1])
    anvil = Anvil(state=state, log_dir=state.parent)
    anvil.start()
    print(anvil.pid, flush=True)
    {ending}
"""


def started_by_a_parent(state: Path, ending: str) -> tuple[subprocess.Popen[str], int]:
    command = [sys.executable, "-c", textwrap.dedent(PARENT).format(ending=ending), str(state)]
    parent = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    return parent, int(parent.stdout.readline())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to a killed parent")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_ends_when_the_parent_is_killed(tmp_path: Path, how: signal.Signals) -> None:
    state = tmp_path / "state.json"
    parent, pid = started_by_a_parent(state, "time.sleep(60)")
    parent.send_signal(how)
    parent.wait(10)
    assert gone(pid)
    assert state.is_file()


def test_ends_when_the_parent_forgets_it(tmp_path: Path) -> None:
    parent, pid = started_by_a_parent(tmp_path / "state.json", "sys.exit(0)")
    assert parent.wait(20) == 0
    assert gone(pid)
