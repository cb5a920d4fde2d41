"""Reports: one self-contained HTML page about a proof, an exchange on a chain, or both.

gather (verdicts.py, exchange.py) -> blocks (blocks.py; sections_*.py) -> page (page.py, templates/)
"""
