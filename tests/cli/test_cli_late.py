"""Commands are imported when they are asked for: what ``--help`` says of them is theirs, and looking loads nothing."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest
import typer.main

from assay import __version__, cli
from assay.late import COMMANDS, Late

HEAVY = ("numpy", "web3", "numba", "onnx", "scipy", "ezkl", "eth_abi", "onnxruntime", "rich", "fastapi")
SUBSTANCES = ("web3", "numba", "scipy", "ezkl", "eth_abi", "eth_utils", "eth_account", "onnxruntime", "fastapi")


def loaded(arguments: list[str], names: tuple[str, ...]) -> list[str]:
    """Which of these packages a command line loads, in a process of its own."""
    source = (
        "import sys\nfrom assay.cli import run\n"
        f"run({arguments!r})\nprint('LOADED', *(n for n in {names!r} if n in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    return done.stdout.rpartition("LOADED")[2].split()


def first_paragraph(text: str | None) -> str:
    return inspect.cleandoc(text or "").split("\n\n")[0].replace("\n", " ")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_the_commands_own(name: str) -> None:
    command: Any = typer.main.get_command(cli.app)
    found = command.commands[name]
    assert found.name == name
    assert first_paragraph(found.help) == COMMANDS[name][1]


def test_no_module_has_a_command_that_is_not_listed() -> None:
    for module in {import_module(f"assay.commands.{place}") for place, _ in COMMANDS.values()}:
        if hasattr(module, "register"):
            carrier = typer.Typer()
            module.register(carrier)
            here = [c.name for c in carrier.registered_commands] + [g.name for g in carrier.registered_groups]
            assert sorted(here) == sorted(n for n, (place, _) in COMMANDS.items() if module.__name__.endswith(place))


def test_the_table_is_read_only() -> None:
    late = Late()
    assert "verify" in late and "nothing" not in late and late.get("nothing") is None
    with pytest.raises(TypeError):
        late["more"] = None
    with pytest.raises(TypeError):
        del late["verify"]


def test_a_misspelt_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["verfy"]) == cli.USAGE_EXIT
    assert "Did you mean 'verify'?" in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out == f"assay {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["verfy"], []])
def test_looking_loads_nothing(arguments: list[str]) -> None:
    assert loaded(arguments, HEAVY) == []


@pytest.mark.parametrize("name", ["verify", "explain", "check"])
def test_reading_a_proof_needs_no_chain_and_no_compiler(name: str) -> None:
    assert loaded([name, "--help"], SUBSTANCES) == []
