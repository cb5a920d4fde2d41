"""Every ``assay`` command shown in the documentation exists, with the options shown."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pages import ROOT, fences, inline_code, name, pages

from assay import cli
from proofs import errors

_COMMAND = re.compile(r"^(?:\.venv/bin/)?assay +(.*)$")


def shown(page: Path) -> list[str]:
    """Command lines of the fenced blocks, comments and continuations resolved."""
    lines = "\n".join(fences(page)).replace("\\\n", " ").splitlines()
    return [match[1].split(" #")[0].strip() for line in lines if (match := _COMMAND.match(line.strip()))]


def mentioned(page: Path) -> list[str]:
    """Commands named in running text; they may be incomplete."""
    return [match[1] for code in inline_code(page) if (match := _COMMAND.match(code))]


def resolve(words: list[str]) -> tuple[Any, list[str]]:
    """The command the first words name, and the words left over."""
    command: Any = typer.main.get_command(cli.app)
    words = list(words)
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        assert words[0] in command.commands, f"there is no command {words[0]!r}"
        command = command.commands[words.pop(0)]
    return command, words


@pytest.mark.parametrize("page", pages(), ids=name)
def test_shown_commands_parse(page: Path) -> None:
    for line in shown(page):
        command, words = resolve(shlex.split(line))
        assert not hasattr(command, "commands"), f"{name(page)}: {line!r} names no command"
        try:
            command.make_context("assay", words).close()
        except Exception as error:  # noqa: BLE001 - any refusal of the parser is the finding
            pytest.fail(f"{name(page)}: {line!r}: {error}")


@pytest.mark.parametrize("page", pages(), ids=name)
def test_mentioned_commands_have_their_options(page: Path) -> None:
    for line in mentioned(page):
        command, words = resolve(line.split())
        options = {option for parameter in command.params for option in parameter.opts}
        for word in words:
            if word.startswith("-") and word != "-":
                assert word.partition("=")[0] in options | {"--help"}, f"{name(page)}: {line!r}: no option {word}"


@pytest.mark.parametrize("page", pages(), ids=name)
def test_shown_scripts_take_the_options(page: Path) -> None:
    for line in "\n".join(fences(page)).splitlines():
        match = re.match(r"python (\S+\.py)(.*)$", line.strip())
        if match:
            source = (ROOT / match[1]).read_text()
            for option in re.findall(r"--[a-z-]+", match[2].split(" #")[0]):
                assert f'"{option}"' in source, f"{name(page)}: {match[1]} takes no {option}"


def test_options_named_alone_exist() -> None:
    known = {option for command in leaves() for parameter in command.params for option in parameter.opts}
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for code in inline_code(page):
            if re.fullmatch(r"--[a-z-]+( \S+)?", code) and "tx-gas-limit" not in code:
                assert code.split()[0] in known | {"--help"}, f"{name(page)} names option {code}, which no command has"


def leaves() -> list[Any]:
    """Every command that is no group."""
    found, queue = [], [typer.main.get_command(cli.app)]
    while queue:
        command: Any = queue.pop()
        children = getattr(command, "commands", None)
        queue += children.values() if children else []
        found += [] if children else [command]
    return found


def test_exit_codes_are_the_documented_ones() -> None:
    section = (ROOT / "docs/quickstart.md").read_text().split("## Exit codes")[1].split("\n## ")[0]
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}
    classes = [errors.AssayError, *errors.AssayError.__subclasses__()]
    project = {kind.exit_code for kind in classes if kind.__module__ == errors.__name__}
    assert documented == {0, cli.USAGE_EXIT, cli.INTERRUPTED, cli.TERMINATED} | project
    assert {int(code) for code in re.findall(r"(?<![\d-])(\d+) [a-z]", cli.__doc__ or "")} == documented


def test_environment_variables_are_documented() -> None:
    page = (ROOT / "docs/quickstart.md").read_text()
    for folder in ("proofs", "protocols", "escrow", "assay"):
        for source in (ROOT / folder).rglob("*.py"):
            for variable in re.findall(r"\"(ASSAY_[A-Z_]+)\"", source.read_text()):
                assert f"`{variable}`" in page, (
                    f"{source.relative_to(ROOT)} reads {variable}; the quickstart does not say so"
                )
