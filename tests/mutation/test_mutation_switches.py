"""The mutation check's own tests: what it takes for a check, and that a switch takes exactly that one out."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from mutation import python_checks, switches
from mutation.exempt import REASONS
from mutation.python_checks import with_switches
from mutation.scopes import ROOT, SCOPES
from mutation.solidity import CONTRACTS, switched

MODULE = """
def require(holds):
    if not holds:
        raise ValueError("required")

def price_fits(price, most):
    return price > 0 and price <= most

def pay(price, most):
    require(price_fits(price, most))
    if price == 13:
        raise ValueError("unlucky")
    return price
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    path = tmp_path / "shop.py"
    path.write_text(MODULE)
    monkeypatch.setattr(python_checks, "ROOT", tmp_path)
    for function in ("_fired", "_check_is_off", "_check_is_on", "_conjunct_is_off"):
        monkeypatch.setattr(builtins, function, getattr(switches, function), raising=False)
    monkeypatch.setattr(switches, "OFF", set())
    monkeypatch.setattr(switches, "FIRED", set())
    tree, checks = with_switches(path)
    names = {check.name for check in checks}
    made: dict[str, Any] = {"checks": names}
    exec(compile(tree, str(path), "exec"), made)  # noqa: S102
    return made


def test_every_kind_is_found(module: dict[str, Any]) -> None:
    assert module["checks"] == {
        "shop.py::require::if not holds",
        "shop.py::price_fits::return price > 0",
        "shop.py::price_fits::return price <= most",
        "shop.py::pay::require(price_fits(price, most))",
        "shop.py::pay::if price == 13",
    }


def test_nothing_changes_with_all_switches_on(module: dict[str, Any]) -> None:
    assert module["pay"](5, 10) == 5
    for price, most in ((0, 10), (11, 10), (13, 20)):
        with pytest.raises(ValueError):
            module["pay"](price, most)


@pytest.mark.parametrize(
    ("off", "price", "most"),
    [
        ("shop.py::require::if not holds", 11, 10),
        ("shop.py::price_fits::return price > 0", -1, 10),
        ("shop.py::price_fits::return price <= most", 11, 10),
        ("shop.py::pay::require(price_fits(price, most))", 11, 10),
        ("shop.py::pay::if price == 13", 13, 20),
    ],
)
def test_a_switch_takes_one_check_out(module: dict[str, Any], off: str, price: int, most: int) -> None:
    with pytest.raises(ValueError):
        module["pay"](price, most)
    assert off in switches.FIRED
    switches.OFF.add(off)
    assert module["pay"](price, most) == price


def test_contract_checks_are_found() -> None:
    source = "function f() {\n  if (a(b) == 0) revert X(a);\n  if (c) d();\n  _requireY(e, f(g));\n  Z.requireW();\n}"
    text, checks = switched(source, "F.sol", 7)
    assert [check.number for check in checks] == [7, 8, 9]
    assert "if (isOn(7) && (a(b) == 0)) revert X(a);" in text
    assert "if (isOn(8)) _requireY(e, f(g));" in text and "if (isOn(9)) Z.requireW();" in text


def test_scopes_and_reasons_name_what_exists() -> None:
    files = [path for scope in SCOPES for path in scope.files()]
    assert len(files) == len(set(files))
    assert all(scope.test_paths() for scope in SCOPES)
    names = {check.name for path in files for check in with_switches(ROOT / path)[1]}
    for path in CONTRACTS.glob("src/**/*.sol"):
        names |= {check.name for check in switched(path.read_text(), path.relative_to(ROOT).as_posix(), 1)[1]}
    assert set(REASONS) <= names
