"""Amounts, times and digests as a reader gets them."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from decimal import Decimal

from protocols.accuracy.describe import WEI_PER_ETHER, duration, ether
from protocols.solidity import ZERO_ADDRESS

_HIDING = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
LATEST_YEAR_S = 253_402_300_799
"""Last second of the year 9999: a chain's clock may say anything."""


def money(amount: int, token: str = ZERO_ADDRESS) -> str:
    """An exact amount: ether in ETH or wei, units of any other token; nothing is just 0."""
    if amount == 0:
        return "0"
    return ether(amount) if token == ZERO_ADDRESS else f"{amount:,} token units"


def cost(amount_wei: int) -> str:
    """What gas cost, rounded to a millionth of an ETH."""
    return f"{Decimal(amount_wei) / WEI_PER_ETHER:.6f} ETH" if amount_wei else "0"


def moment(unix_s: int) -> str:
    """A block's time in UTC, to the second."""
    if not 0 <= unix_s <= LATEST_YEAR_S:
        return f"Unix time {unix_s}"
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def after(seconds: int) -> str:
    """Time passed since a beginning."""
    return f"+{duration(seconds)}"


def percent(share: float) -> str:
    """A share of 1 with one decimal."""
    return f"{share:.1%}"


def hexed(word: bytes) -> str:
    """Bytes as 0x and hex, in full."""
    return "0x" + word.hex()


def short(text: str) -> str:
    """An address or digest by its ends, for a table that has it in full elsewhere."""
    return text if len(text) <= 14 else f"{text[:8]}…{text[-4:]}"


def spoken(name: str) -> str:
    """``HANDED_OVER`` as ``handed over``."""
    return name.replace("_", " ").lower()


def is_digest(text: str) -> bool:
    """Whether a text is one address or digest and nothing else."""
    return text.startswith("0x") and text[2:].isalnum()


def visible(text: str) -> str:
    """``text`` with every control character, and what turns the direction of writing, spelt out: nothing hides."""
    return "".join(_spelt(letter) if _hides(letter) else letter for letter in text)


def _hides(letter: str) -> bool:
    return letter not in "\n\t" and unicodedata.category(letter) in _HIDING


def _spelt(letter: str) -> str:
    return f"\\u{ord(letter):04x}"
