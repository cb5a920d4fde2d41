"""The machine's speed is measured once and kept; what is kept of another machine, or is no record, is not used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proofs import machine_speed
from proofs.machine_speed import Speed, wall_s


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(machine_speed, "cache_dir", lambda: tmp_path)
    monkeypatch.setattr(machine_speed, "RUNS", 2)
    return tmp_path / "machine-speed.json"


def test_measured_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = machine_speed.machine_speed()
    assert 0.01 < found.multiply < 100 and 0.01 < found.vector < 100 and found.cores >= 1
    monkeypatch.setattr(machine_speed, "measure", None)
    assert machine_speed.machine_speed() == found
    assert json.loads(home.read_text())["cores"] == found.cores


@pytest.mark.parametrize(
    "change",
    [{"machine": "another"}, {"multiply": 0}, {"vector": "fast"}, {"cores": 0}, {"multiply": float("nan")}, None],
)
def test_records_that_are_not_this_machines_are_measured_again(
    change: dict[str, object] | None, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine_speed.machine_speed()
    home.write_text("[]" if change is None else json.dumps({**json.loads(home.read_text()), **change}))
    monkeypatch.setattr(machine_speed, "measure", lambda: Speed(3.0, 4.0, 5))
    assert machine_speed.machine_speed() == Speed(3.0, 4.0, 5)
    assert machine_speed.machine_speed() == Speed(3.0, 4.0, 5)


def test_a_folder_that_cannot_be_written_is_no_error(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.parent.joinpath("file").write_text("")
    monkeypatch.setattr(machine_speed, "cache_dir", lambda: home.parent / "file")
    assert machine_speed.machine_speed().cores >= 1


def test_wall_seconds_by_the_share_that_cores_divide() -> None:
    assert wall_s(10, 0.2, 1.0, 1) == 10
    assert wall_s(10, 0.2, 1.0, 4) == pytest.approx(4)
    assert wall_s(10, 0.2, 2.0, 4) == pytest.approx(2)
