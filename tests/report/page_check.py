"""What every page has to be, checked with the standard library's parser: one test body for all reports."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

VOID = {"meta", "br", "hr", "img", "input", "link"}
SHAPES = {"rect", "line", "circle"}  # SVG elements written as empty
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "p", "h1", "h2", "h3", "main", "section", "div",
    "nav", "ol", "ul", "li", "dl", "dt", "dd", "strong", "pre", "code", "figure", "figcaption", "svg", "desc", "text",
    "table", "caption", "thead", "tbody", "tr", "th", "td", "span", "footer", *SHAPES,
}  # fmt: skip
LANDMARKS = ("header", "main", "nav", "footer")


class Tree(HTMLParser):
    """Parses a page, and refuses tags that are left open or closed twice."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.inside: dict[int, list[str]] = {}
        self.feed(page)
        self.close()
        assert not self.stack, f"left open: {self.stack}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} has an attribute twice: {names}"
        for place in self.inside:
            self.inside[place].append(tag)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SHAPES, f"<{tag}/> is no empty element of HTML"
        self.handle_starttag(tag, attrs)
        self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.stack and self.stack[-1] == tag, f"</{tag}> closes {self.stack[-3:]}"
        self.stack.pop()

    def handle_data(self, text: str) -> None:
        if self.stack:
            self.texts.append((self.stack[-1], text))

    def having(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def words(self) -> str:
        """All that a reader gets, in one line."""
        return " ".join(" ".join(text for tag, text in self.texts if tag != "style").split())


def check_page(raw: bytes) -> Tree:
    """Every property a report must have; returns the parsed page."""
    page = raw.decode("utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    tree = Tree(page)
    assert {tag for tag, _ in tree.elements} <= ALLOWED
    _self_contained(page, tree)
    _identified(tree)
    _headings(tree)
    _tables(page, tree)
    _figures(tree)
    return tree


def _self_contained(page: str, tree: Tree) -> None:
    (policy,) = [m["content"] for m in tree.having("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    for tag, attributes in tree.elements:
        for name, value in attributes.items():
            assert not name.startswith("on") and name not in ("src", "srcset", "style", "xlink:href"), (tag, name)
            assert name != "href" or str(value).startswith("#"), (tag, value)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert "url(" not in style and "@import" not in style and "</" not in style


def _identified(tree: Tree) -> None:
    ids = [str(attributes["id"]) for _, attributes in tree.elements if "id" in attributes]
    assert len(ids) == len(set(ids)), "an id stands twice"
    for _, attributes in tree.elements:
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(str(attributes.get(name) or "").split()) <= set(ids)
        target = str(attributes.get("href") or "")
        assert not target or target[1:] in ids, f"{target} leads nowhere"


def _headings(tree: Tree) -> None:
    levels = [int(tag[1]) for tag, _ in tree.elements if tag in ("h1", "h2", "h3")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))
    for landmark in LANDMARKS:
        assert len(tree.having(landmark)) == 1, landmark
    assert all(attributes.get("aria-label") for attributes in tree.having("nav"))


def _tables(page: str, tree: Tree) -> None:
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        assert table.count("<caption>") == 1 and "<caption></caption>" not in table
        heads = re.findall(r"<th scope=\"col\"", table)
        body = table.split("<tbody")[1]
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL):
            assert row.count('<th scope="row"') == 1
            assert row.count("<td ") + 1 == len(heads)
    assert all(attributes.get("scope") in ("row", "col") for attributes in tree.having("th"))


def _figures(tree: Tree) -> None:
    figures = len(tree.having("svg"))
    assert figures == len(tree.having("figure")) == len(tree.having("figcaption")) == len(tree.having("desc"))
    assert all(svg.get("role") == "img" and svg.get("aria-labelledby") for svg in tree.having("svg"))
    described = [text for tag, text in tree.texts if tag == "desc" and text.strip()]
    assert len(described) == figures
