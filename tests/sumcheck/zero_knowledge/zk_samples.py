"""Many transcripts of one claim: of two witnesses, of simulators, and of provers that leak."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import numpy as np
from zk_kit import TINY, Case, committed_anew, drawn_challenges, prove_under, tiny_case, tiny_sizes
from zk_views import Reader, View

from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.committed.simulator import draw_fixed, simulate
from proofs.sumcheck.interactive import prepared_challenges

Leak = Callable[[], AbstractContextManager[None]]


def seed_of(*what: object) -> bytes:
    """32 bytes for a transcript, never the same for two."""
    return repr(what).encode().ljust(32, b".")


class Samples:
    """Transcripts under one set of challenges, made when they are asked for and kept."""

    def __init__(self, asked: tuple[int, ...], relation: tuple[int, ...]) -> None:
        with tiny_sizes():
            self.cases = {name: tiny_case(name) for name in "AB"}
            self.instance = self.cases["A"].instance()
            plan = make_plan(self.instance)
            self.reader = Reader(plan, drawn_challenges(TINY, plan, 1, asked), relation)
            assert self.reader.names
        self._kept: dict[str, list[View]] = {}

    def real(self, witness: str, count: int, leak: Leak = nullcontext, name: str = "") -> View:
        """Views of so many proofs, every one with blocks of its own."""
        return self._sampled(f"real {witness} {name}", count, lambda seed: self.proof(witness, seed)[1], leak)

    def simulated(self, count: int) -> View:
        """Views of so many simulated proofs."""
        return self._sampled("simulated", count, self._simulation)

    def proof(self, witness: str, seed: bytes) -> tuple[Case, list[bytes]]:
        """One proof, and the case with its blocks."""
        case = committed_anew(self.cases[witness], seed)
        return case, prove_under(case, case.instance(), self.reader.challenges, seed)

    def _simulation(self, seed: bytes) -> list[bytes]:
        fixed = draw_fixed(TINY, self.instance, seed)
        return simulate(TINY, self.instance, prepared_challenges(self.reader.challenges), fixed, seed)

    def _sampled(self, name: str, count: int, make: Callable[[bytes], list[bytes]], leak: Leak = nullcontext) -> View:
        kept = self._kept.setdefault(name, [])
        with tiny_sizes(), leak():
            kept += [self.reader.view(make(seed_of(name, index))) for index in range(len(kept), count)]
        return np.stack(kept[:count])
