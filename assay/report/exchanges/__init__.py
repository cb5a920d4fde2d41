"""Exchanges on a chain, one small module for each kind of escrow; ``KINDS`` lists them.

One more escrow is one more module with a ``Kind``: its client, how its events are moves of the pure state machine, and
what its page shows beside the money.
"""

from __future__ import annotations

from assay.report.exchanges.accuracy import ACCURACY
from assay.report.exchanges.kind import Kind
from assay.report.exchanges.predictions import PREDICTIONS
from assay.report.exchanges.retrieval import RETRIEVAL
from assay.report.exchanges.sampled import SAMPLED

KINDS: tuple[Kind, ...] = (ACCURACY, SAMPLED, RETRIEVAL, PREDICTIONS)
"""In the order in which an address is tried."""
