"""Putting a page together from what was gathered."""

from __future__ import annotations

from collections.abc import Sequence

from assay import __version__
from assay.report.appendix import appendix
from assay.report.blocks import BAD, Page, Section
from assay.report.exchange import Exchange
from assay.report.exchange_sections import exchange_banner, exchange_sections
from assay.report.proof_sections import proof_banner, proof_sections
from assay.report.results import kind_of
from assay.report.tie import tie_banner, tie_section
from assay.report.timings import Timings
from assay.report.verdicts import Examined

LEAD = "What was proven, what was paid, what it rests on, and who could still lie."


def compose(proofs: Sequence[Examined], exchange: Exchange | None, timings: Timings, stamp: str = "") -> Page:
    """A page about an exchange, about proofs, or about both: the exchange comes first."""
    banners = [exchange_banner(exchange)] if exchange is not None else []
    sections = list(exchange_sections(exchange)) if exchange is not None else []
    for place, found in enumerate(proofs, 1):
        mark = f"proof-{place}-" if len(proofs) > 1 else "proof-"
        banners.append(proof_banner(found))
        added = list(proof_sections(found, mark, timings))
        if exchange is not None:
            loose, tied = tie_banner(found, exchange), tie_section(found, exchange, mark)
            banners += [loose] if loose is not None else []
            added[:0] = [tied] if tied is not None else []
        if len(proofs) > 1:
            added = [_numbered(section, place) for section in added]
        sections += added
    banners.sort(key=lambda banner: banner.level != BAD)
    sections.append(appendix(proofs, exchange, __version__))
    return Page(_title(proofs, exchange), LEAD, tuple(banners), tuple(sections), stamp)


def _title(proofs: Sequence[Examined], exchange: Exchange | None) -> str:
    if exchange is not None:
        return f"{exchange.kind.name.capitalize()}: an exchange on a chain"
    kinds = list(dict.fromkeys(kind_of(found) for found in proofs))
    return f"{' and '.join(kinds).capitalize()}: proof off the chain"


def _numbered(section: Section, place: int) -> Section:
    return Section(section.name, f"Proof {place}: {section.title}", section.blocks, section.parts)
