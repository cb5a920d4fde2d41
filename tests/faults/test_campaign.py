"""The page shows the campaign that was kept."""

from __future__ import annotations

import json

from fault_campaign import PAGE, RECORD, page_with


def test_page_is_the_record_s() -> None:
    page = PAGE.read_text()
    assert page_with(page, json.loads(RECORD.read_text())) == page
