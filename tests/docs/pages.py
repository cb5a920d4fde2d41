"""The pages a newcomer reads, and the pieces of them that can be checked."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {".venv", "node_modules", "forge-out"}
_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


def pages() -> list[Path]:
    """README files of the repository and everything under docs."""
    readmes = [path for path in ROOT.rglob("README.md") if not SKIPPED & set(path.relative_to(ROOT).parts)]
    return sorted({*readmes, *(ROOT / "docs").glob("*.md")})


def name(page: Path) -> str:
    """The page's path from the root, for messages."""
    return str(page.relative_to(ROOT))


def fences(page: Path) -> list[str]:
    """The content of each fenced block."""
    return _FENCE.findall(page.read_text())


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", page.read_text())


def inline_code(page: Path) -> list[str]:
    """What stands between single back-ticks."""
    return _INLINE.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """The anchors GitHub gives the page's headings."""
    slugs = set()
    for heading in _HEADING.findall(prose(page)):
        plain = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
        slugs.add(plain.replace(" ", "-"))
    return slugs
