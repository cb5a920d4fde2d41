"""From blocks to one HTML file. Jinja escapes every value; what is marked safe is drawn by ``figures`` alone."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assay.report.blocks import Page
from assay.report.palette import DARK, LIGHT, custom_properties
from assay.report.words import visible

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Content security policy: nothing is fetched, nothing runs."""


def render(page: Page) -> bytes:
    """The page as UTF-8. Equal pages give equal bytes."""
    template = _environment().get_template("report.html.j2")
    colours = {"light": _css(LIGHT), "dark": _css(DARK)}
    return (template.render(page=page, policy=POLICY, colours=colours).rstrip() + "\n").encode()


def _css(colours: dict[str, str]) -> Markup:
    return Markup(custom_properties(colours))  # noqa: S704 - constants of palette.py


def _shown(value: object) -> object:
    """Texts with nothing hidden in them; what ``figures`` drew has been through the same."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("assay.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
