"""The provider's look at a record that its service has only just begun."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from assay.service.provider_record import ServiceRecord
from assay.service.store import FILE
from proofs.errors import InvalidInput


def test_a_record_without_tables_holds_nothing_yet(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / FILE).execute("PRAGMA journal_mode = WAL").close()
    record = ServiceRecord(tmp_path)
    assert record.answer(bytes(32), 0) is None and record.receipt(bytes(32)) is None
    sqlite3.connect(tmp_path / FILE).execute("PRAGMA user_version = 1").close()
    with pytest.raises(InvalidInput, match="no such table"):
        record.receipt(bytes(32))
