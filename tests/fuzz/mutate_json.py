"""JSON with one value of another type, size or depth, written canonically so that it gets past the first check."""

from __future__ import annotations

import json
from random import Random
from typing import Any

STRANGE: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**32, 2**53, 2**63, 2**64, -(2**63) - 1, 2**256, 10**4000),
    *(
        "",
        "0",
        "-1",
        "0x",
        "0x0",
        "0x" + "0" * 64,
        "0x" + "f" * 40,
        "0x" + "g" * 64,
        "1" * 78,
        "9" * 5000,
        "NaN",
        "1e9",
    ),
    *("\u0000", "é\u202e", "\ud800", "٣", "a" * 70000, "../../etc/passwd", " 1", "1_0", "+1", "1/0", "0/1", "1e-99999"),
    *([], {}, [[]], [0] * 1000, {"": 0}, [{}] * 3, [None], float("nan"), float("inf"), 1e308, 0.5, -0.0),
)


def nested(depth: int, mapping: bool) -> Any:
    """A value so deep."""
    value: Any = 0
    for _ in range(depth):
        value = {"a": value} if mapping else [value]
    return value


def changed(random: Random, raw: bytes) -> bytes:
    """The same document but for one value; as plain text where it is no JSON."""
    try:
        value = json.loads(raw)
        value = _changed(random, value)
        return _written(random, value)
    except (ValueError, RecursionError, UnicodeError):
        return raw[: random.randrange(len(raw) + 1)]


def _written(random: Random, value: Any) -> bytes:
    if random.random() < 0.85:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    if random.random() < 0.5:
        return json.dumps(value, indent=random.choice((None, 0, 2)), ensure_ascii=False).encode(
            "utf-8", "surrogatepass"
        )
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return text.replace('"', '"\\u0061', 1).encode()


def _changed(random: Random, value: Any) -> Any:
    spots = list(_spots(value))
    if not spots:
        return random.choice(STRANGE)
    holder, key = random.choice(spots)
    kind = random.randrange(10)
    if kind < 5:
        holder[key] = random.choice(STRANGE)
    elif kind == 5:
        holder[key] = nested(random.choice((2, 31, 33, 100, 900)), random.random() < 0.5)
    elif kind == 6:
        del holder[key]
    elif kind == 7:
        _more(random, holder, key)
    elif kind == 8:
        other, place = random.choice(spots)
        holder[key] = json.loads(json.dumps(other[place]))
    else:
        holder[key] = _near(random, holder[key])
    return value


def _more(random: Random, holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder.extend([holder[key]] * random.choice((1, 1, 2, 40, 3000)))
    else:
        holder[random.choice(("", "kind", "version", "a" * 999, str(key) + "_"))] = holder[key]


def _near(random: Random, value: Any) -> Any:
    """Something like the value itself."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return random.choice((value + 1, value - 1, -value, value * 2, value << 40, str(value), float(value % 2**53)))
    if isinstance(value, str):
        if value.startswith("0x") and len(value) >= 66 and random.random() < 0.7:
            return _word(random, value)
        return random.choice(
            (value[:-1], value + value[-1:], value.upper(), value[::-1], " " + value, [value], value * 9)
        )
    return [value, value]


def _word(random: Random, text: str) -> str:
    """Hex with one of its 32-byte words set to something that is no length, offset, address, flag or count."""
    words = [text[2:][start : start + 64] for start in range(0, len(text) - 2, 64)]
    extreme = (0, 1, 2, 0x20, 255, 1 << 31, 1 << 64, 1 << 160, (1 << 256) - 1, 1 << 255, len(words), 32 * len(words))
    words[random.randrange(len(words))] = f"{random.choice(extreme):064x}"
    return "0x" + "".join(words)


def _spots(value: Any) -> Any:
    """Every place in the document, as holder and key."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items):
        yield value, key
        yield from _spots(item)
