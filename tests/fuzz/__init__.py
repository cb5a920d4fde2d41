"""Mutated bytes against every parser of bytes that somebody else chose. ``python -m tests.fuzz`` runs a campaign."""
