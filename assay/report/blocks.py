"""What a page is made of, as plain values; the template alone knows HTML, and escapes every text in here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from markupsafe import Markup

GOOD, BAD, WARN, NOTE = "good", "bad", "warn", "note"
LEVELS = (GOOD, BAD, WARN, NOTE)


@dataclass(frozen=True, slots=True)
class Code:
    """A digest, address or command: in a fixed width, broken anywhere."""

    text: str
    code: ClassVar[bool] = True


Value = str | Code


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph."""

    text: str
    kind: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values."""

    rows: tuple[tuple[str, Value], ...]
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True, slots=True)
class Bullets:
    """Sentences one below the other."""

    lines: tuple[str, ...]
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of a row is its heading.

    Args:
        caption: what it shows. heads: of the columns. rows: as many cells each. numbers: columns set to the right.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    numbers: frozenset[int] = frozenset()
    kind: ClassVar[str] = "table"


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with its text alternative.

    Args:
        name: unique on a page, a word of letters and hyphens. title: short. description: all it shows, in words.
        svg: what stands inside the svg element; every text in it is escaped already. height: in CSS pixels.
    """

    name: str
    title: str
    description: str
    svg: Markup
    height: int
    kind: ClassVar[str] = "figure"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something said loudly: ``level`` is one of ``LEVELS`` and has a word of its own beside its colour."""

    level: str
    title: str
    text: str
    kind: ClassVar[str] = "notice"


@dataclass(frozen=True, slots=True)
class Commands:
    """Command lines to type."""

    lines: tuple[str, ...]
    kind: ClassVar[str] = "commands"


Block = Text | Facts | Bullets | Table | Figure | Notice | Commands


@dataclass(frozen=True, slots=True)
class Part:
    """Blocks under a heading of the third level."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks, and parts of blocks, under a heading of the second level; ``name`` is its anchor."""

    name: str
    title: str
    blocks: tuple[Block, ...] = ()
    parts: tuple[Part, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Banner:
    """A verdict in large letters: ``word``, and what it means in one sentence."""

    level: str
    word: str
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report.

    Args:
        title: its one heading of the first level. lead: what it is about, one sentence. banners: the verdicts.
        stamp: when it was made, empty unless asked for.
    """

    title: str
    lead: str
    banners: tuple[Banner, ...]
    sections: tuple[Section, ...]
    stamp: str = ""
