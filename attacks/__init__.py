"""Attacks on what a proof is supposed to hide. Not installed with the package; run from the repository's root."""
