"""Benchmarks, not timed tests: ``python -m benchmarks`` measures, prints a table, and writes docs/benchmarks.md."""
