"""Numbers of things in messages and sheets."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """So many things, as "1 proof" or "2 proofs".

    Args:
        plural: where it is not the noun and an s.
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def each_of(number: int, noun: str) -> str:
    """Every one of so many things, as "the one input" or "each of the 2 inputs"."""
    return f"the one {noun}" if number == 1 else f"each of the {number} {noun}s"
