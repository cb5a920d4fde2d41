"""Every data card is complete, and the files it names are the files that are there."""

from __future__ import annotations

import hashlib
import os
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "datasets"
CARDS = sorted(FOLDER.glob("*.toml"))
TEXT_FIELDS = ("name", "title", "source", "authors", "licence", "licence_evidence")


def read(card: Path) -> dict[str, Any]:
    return tomllib.loads(card.read_text(encoding="utf-8"))


def test_there_are_five_cards_and_no_python() -> None:
    assert {card.stem for card in CARDS} == {"digits", "mnist", "adult", "fsdd", "imagenet-sample"}
    assert not list(FOLDER.rglob("*.py"))


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.stem)
def test_card_is_complete(card: Path) -> None:
    found = read(card)
    assert found["name"] == card.stem
    assert all(isinstance(found[field], str) and found[field] for field in TEXT_FIELDS)
    assert set(found["format"]) == {"container", "x", "y", "classes"}
    assert set(found["split"]) == {"rule", "train", "test"}
    assert found["committed"] != ("folder" in found)
    for entry in found["files"]:
        assert set(entry) == {"path", "split", "bytes", "sha256"}
        assert len(bytes.fromhex(entry["sha256"])) == 32


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.stem)
def test_files_are_the_ones_named(card: Path) -> None:
    found = read(card)
    outside = Path(os.environ.get("ASSAY_DATA") or FOLDER.parent.parent / "shared" / "data")
    if not found["committed"] and not (outside / found["folder"]).is_dir():
        pytest.skip(f"no {found['folder']} in {outside}: set ASSAY_DATA to the folder that holds it")
    folder = FOLDER if found["committed"] else outside / found["folder"]
    for entry in found["files"]:
        content = (folder / entry["path"]).read_bytes()
        assert len(content) == entry["bytes"]
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]


def test_committed_arrays_have_the_stated_sizes() -> None:
    found = read(FOLDER / "digits.toml")
    for entry in found["files"]:
        with np.load(FOLDER / entry["path"]) as arrays:
            assert arrays["x"].shape == (found["split"][entry["split"]], 64)
            assert len(set(arrays["y"].tolist())) == found["format"]["classes"]


def test_the_import_name_is_left_free() -> None:
    assert not (FOLDER / "__init__.py").exists()
