"""Recovering weights from proofs whose commitment hides nothing, and the mask that stops it. See README.md."""
