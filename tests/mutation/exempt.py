"""Checks that may be removed without a test failing, each with the reason: nothing changes without them."""

REASONS: dict[str, str] = {}
"""Name of a check (as in benchmarks/mutation.json) to why no test can tell it from its absence."""
