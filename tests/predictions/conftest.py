"""The booth, where rounds are played."""

from __future__ import annotations

from helpers.rounds_fixtures import booth, proven_booth, shared_booth, shared_proven_booth  # noqa: F401
