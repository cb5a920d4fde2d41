"""Free memory is the least of what machine, container, process limit and user allow; more is refused, unless forced."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path

import pytest

from proofs import free_memory
from proofs.errors import InvalidInput, ResourceExceeded
from proofs.free_memory import LIMIT_VARIABLE, MIB, USABLE, available_bytes, require_memory, tried_anyway


@dataclass(frozen=True)
class Free:
    """What psutil says is free."""

    available: float


@pytest.fixture(autouse=True)
def large_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("psutil.virtual_memory", lambda: Free(1000 * MIB))
    monkeypatch.setattr(free_memory, "_GROUPS", tmp_path / "groups")
    monkeypatch.setattr(free_memory, "_OWN_GROUP", tmp_path / "own")
    monkeypatch.delenv(LIMIT_VARIABLE, raising=False)


def test_a_reserve_is_kept_of_what_is_free() -> None:
    assert available_bytes() == 1000 * MIB * USABLE
    assert available_bytes(usable=1.0) == 1000 * MIB


def test_the_variable_limits_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMIT_VARIABLE, "300")
    assert available_bytes() == 300 * MIB
    monkeypatch.setenv(LIMIT_VARIABLE, "5000")
    assert available_bytes() == 800 * MIB


@pytest.mark.parametrize("text", ["0", "-5", "nan", "inf", "much"])
def test_a_variable_without_a_number_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMIT_VARIABLE, text)
    with pytest.raises(InvalidInput, match=LIMIT_VARIABLE):
        available_bytes()


def group(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_dot_", ".")).write_text(text)


def test_control_groups_of_the_second_version(tmp_path: Path) -> None:
    (tmp_path / "own").write_text("0::/outer/inner\n")
    stat = "anon 5\ninactive_file 41943040\nodd line here\n"
    group(tmp_path / "groups/outer/inner", memory_dot_max="max", memory_dot_current="7")
    group(tmp_path / "groups/outer", memory_dot_max=str(500 * MIB), memory_dot_current=str(140 * MIB),
          memory_dot_stat=stat)  # fmt: skip
    assert available_bytes() == (500 - 140 + 40) * MIB * USABLE


def test_control_groups_of_the_first_version(tmp_path: Path) -> None:
    (tmp_path / "own").write_text("4:cpu,memory:/job\n1:cpu:/job\n")
    group(tmp_path / "groups/memory/job", memory_dot_limit_in_bytes=str(200 * MIB),
          memory_dot_usage_in_bytes=str(250 * MIB))  # fmt: skip
    assert available_bytes() == 0
    group(tmp_path / "groups/memory/job", memory_dot_limit_in_bytes=str(1 << 62))
    assert available_bytes() == 800 * MIB


def test_the_limit_of_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda which: (100 * MIB, 200 * MIB))
    monkeypatch.setattr(free_memory.psutil, "Process", Process)
    assert available_bytes() == 60 * MIB * USABLE


@dataclass(frozen=True)
class Taken:
    """What this process has mapped."""

    vms: int = 40 * MIB


class Process:
    """This process."""

    def memory_info(self) -> Taken:
        return Taken()


def test_work_that_does_not_fit_is_refused_unless_forced() -> None:
    require_memory(800 * MIB, "this", "that")
    with pytest.raises(ResourceExceeded) as caught:
        require_memory(900 * MIB, "proving", "a smaller batch")
    assert (caught.value.needed, caught.value.available) == (900, 800)
    assert str(caught.value) == "proving takes about 900 MB, 800 MB are free for it: a smaller batch"
    with tried_anyway(True):
        require_memory(900 * MIB, "proving", "a smaller batch")
    with tried_anyway(False), pytest.raises(ResourceExceeded, match="give --force to try all the same"):
        require_memory(900 * MIB, "proving", "a smaller batch")
    with pytest.raises(ResourceExceeded):
        require_memory(900 * MIB, "proving", "a smaller batch")
