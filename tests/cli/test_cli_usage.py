"""Wrong usage exits 64 and still answers one JSON document; wrong files are named, whatever the command."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_kit import Kit, assay

from assay.commands import demo

USAGE = [
    ("nosuch",),
    ("check",),
    ("check", "m.onnx", "--nosuch"),
    ("commit",),
    ("commit", "model", "m.onnx"),
    ("commit", "data", "d.npz", "-o", "d.commit", "--batch", "many"),
    ("prove",),
    ("prove", "accuracy"),
    ("verify",),
    ("verify", "p.assay"),
    ("deploy",),
    ("deploy", "--rpc", "http://127.0.0.1:1", "--min-window", "0"),
    ("seller", "run"),
    ("buyer", "audit"),
    ("plan", "--epsilon", "small"),
]


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_wrong_usage_exits_64(arguments: tuple[str, ...]) -> None:
    assay(*arguments, "--json", "-").refused(64, "")


@pytest.mark.parametrize("arguments", [("--help",), ("commit", "--help"), ("verify", "--help")], ids=" ".join)
def test_help_exits_0(arguments: tuple[str, ...]) -> None:
    assert assay(*arguments).code == 0


def test_json_path_that_cannot_be_written_is_no_traceback(kit: Kit) -> None:
    done = assay("check", kit.model_onnx, "--json", kit.model_onnx / "below" / "a.json")
    assert done.code == 4
    assert "cannot write" in done.err


@pytest.mark.parametrize("command", ["check", "estimate", "explain"])
def test_missing_and_foreign_files(command: str, kit: Kit, tmp_path: Path) -> None:
    missing = assay(command, tmp_path / "nothing", "--json", "-")
    assert missing.code in (4, 8)
    missing.refused(missing.code, "nothing")
    foreign = assay(command, kit.data_npz, "--json", "-")
    assert foreign.code in (3, 4)
    assay(command, tmp_path, "--json", "-").refused(4, "is not a file")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "{model}", "--backend", "nosuch"), "nosuch"),
        (("estimate", "{model}", "--backend", "nosuch"), "nosuch"),
        (("commit", "model", "{model}", "-o", "{out}", "--backend", "nosuch"), "nosuch"),
        (("commit", "data", "{data}", "-o", "{out}", "--backend", "nosuch"), "nosuch"),
        (("commit", "model", "{model}", "-o", "{out}", "--batch", "3"), "power of two"),
        (("commit", "model", "{model}", "-o", "{out}", "--binding", "private"), "private"),
        (("commit", "model", "{model}", "-o", "{out}", "--binding", "nosuch"), "nosuch"),
        (("commit", "model", "{model}", "-o", "{out}", "--owner", "0x12"), "40 hex digits"),
        (("commit", "model", "{model}", "-o", "{out}", "--proofs", "0"), "proof"),
        (("commit", "model", "{model}", "-o", "{out}", "--scale-bits", "99"), "scale"),
        (("plan", "--epsilon", "0"), "epsilon"),
        (("plan", "--accuracy", "high"), "high"),
        (("plan", "--epsilon", "1e-300"), "epsilon is 1e-300; the smallest"),
        (("plan", "--delta", "1e-320"), "the smallest that can be planned for is 1e-12"),
        (("plan", "--epsilon", "1e-12"), "ask for a wider margin"),
        (("demo", "nosuch"), "nosuch"),
        (("demo", "retrieval", "--documents", "3"), "--documents"),
        (("demo", "--examples", "7"), "multiple of 8"),
        (("demo", "sampled", "--examples", "24"), "at least 32"),
        (("plan", "--sample", "12"), "multiple of batch 8"),
        (("demo", "--documents", "0"), "--documents 0"),
        (("demo", "predictions", "--examples", "7"), "multiple of 8"),
        (("simulate", "nosuch"), "nosuch"),
        (("ceremony", "--insecure", "99"), "out of range"),
        (("ceremony", "--import", "{data}"), "--sha256"),
        (("ceremony", "--import", "{data}", "--sha256", "00"), "sha-256"),
        (("ceremony", "--import", "{data}", "--insecure", "12"), "not both"),
        (("ceremony", "--sha256", "xx"), "--sha256 goes with --import"),
        (("ceremony", "--insecure", "11", "--sha256", "00"), "--sha256 goes with --import"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_unusable_options_exit_4(arguments: tuple[str, ...], words: str, kit: Kit, tmp_path: Path) -> None:
    places = {"model": kit.model_onnx, "data": kit.data_npz, "out": tmp_path / "out.commit"}
    assay(*(word.format(**places) for word in arguments), "--json", "-").refused(4, words)
    assert not (tmp_path / "out.commit").exists()


def test_the_demo_refuses_before_its_first_game(monkeypatch: pytest.MonkeyPatch) -> None:
    def played(*_: object) -> None:
        raise AssertionError("a game was played")

    for name in ("play_accuracy", "play_retrieval", "play_predictions"):
        monkeypatch.setattr(demo, name, played)
    assay("demo", "--documents", 0, "--json", "-").refused(4, "--documents 0: from 16")
    assay("demo", "--examples", 7, "--json", "-").refused(4, "--examples 7")


def test_the_ceremony_prints_whole_digests(kit: Kit) -> None:
    done = assay("ceremony", "--json", "-")
    assert done.code == 0 and done.document["reference_strings"]
    for item in done.document["reference_strings"]:
        assert f"sha-256 of 2^{item['logrows']}: {item['sha256'].removeprefix('0x')}\n" in done.err


def test_a_plan_with_a_sample_asks_for_the_accuracy() -> None:
    said = assay("plan", "--sample", "64")
    assert said.code == 0 and said.out.count("give --accuracy") == 2
    assert "give --accuracy" not in assay("plan", "--sample", "64", "--accuracy", "0.9").out


def test_a_plan_looks_at_the_sample_before_it_prints() -> None:
    assert assay("plan", "--sample", "12").out == ""
