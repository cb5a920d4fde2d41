"""The booth, where rounds are played."""

from __future__ import annotations

from helpers.rounds_fixtures import booth, shared_booth  # noqa: F401
