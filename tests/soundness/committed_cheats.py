"""Provers of false statements about committed networks, each doing its best on false numbers: what follows from them is
computed anew, look-ups are counted as well as they can be, and every later message is honest about the lie.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from proofs.errors import RejectedProof
from proofs.networks.bounds import checked_bound
from proofs.networks.execution import Execution, NodeRun
from proofs.networks.execution.kernels import loops
from proofs.networks.execution.nodes import Runner
from proofs.sumcheck.committed import trees
from proofs.sumcheck.committed.groups import Group
from proofs.sumcheck.committed.heads import HeadProtocol
from proofs.sumcheck.committed.hidden.rows import put_pads
from proofs.sumcheck.committed.hidden.verifier import verify_hidden
from proofs.sumcheck.committed.instance import Head, Instance, Outputs
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.committed.prover import prove_all
from proofs.sumcheck.committed.running import Running
from proofs.sumcheck.committed.transcripts import transcript
from proofs.sumcheck.committed.verifier import verify_all
from proofs.sumcheck.committed.witness import Secret, Witness, empty_witness, put_network
from proofs.sumcheck.exchange import Receive, Send, Verifier
from proofs.sumcheck.fields import Base
from proofs.sumcheck.fields.extension import Extension
from proofs.sumcheck.hiding.forms import Forms
from proofs.sumcheck.ligero.commit import commit
from proofs.sumcheck.transcript import run_prover, run_verifier

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sumcheck" / "committed"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "networks"))
from committed_kit import FAST, STATEMENT, Case, checked
from hidden_cheats import KNOWN, Below, Known, draw, lying, refused_below, saying
from hidden_cheats import commit as commit_hidden

P = 2**31 - 1
Lie = Callable[[int, NodeRun], NodeRun]


@dataclass(frozen=True)
class Cheat:
    """What a prover does otherwise than an honest one.

    Args:
        lie: what it says a node computed, given its index and the truth. spoil: changes the witness before it is
            counted. recount: changes a group's multiplicities. instead: what is committed in place of the flat vector
            that is looked up. say: changes messages as they are sent. before: called
            with the name of each stage as it begins. head: its own side of the claim. secret: other than the case's.
        below: what it does otherwise in a hidden proof, beside its walk.
    """

    lie: Lie | None = None
    spoil: Callable[[Running], None] | None = None
    recount: Callable[[Group, Base], Base] | None = None
    instead: Callable[[Running], Base] | None = None
    say: Callable[[Send], Send] | None = None
    before: Callable[[Running, str], None] | None = None
    head: HeadProtocol | None = None
    secret: Secret | None = None
    put: bool = True
    below: Below = field(default_factory=Below)

    def prove(self, case: Case, instance: Instance) -> bytes:
        """A proof of ``instance``, true or not."""
        plan = make_plan(instance)
        plan = plan if self.head is None else replace(plan, head=self.head)
        secret = self.secret or case.secret(instance)
        execution = executed(instance, secret, self.lie)
        witness = empty_witness(FAST, plan, secret)
        put_network(FAST, witness, execution)
        later: list[Base] = []

        def stage(name: str) -> None:
            """Claims are about what is committed."""
            if name == "claims":
                witness.vector = later[0]
            if self.before is not None:
                self.before(running, name)

        running = Running(FAST, plan, secret, execution, witness, stage)
        if self.put:
            plan.head.put(running)
        if self.spoil is not None:
            self.spoil(running)
        for group in plan.groups:
            counts = counted(witness, group)
            witness.count(group, counts if self.recount is None else self.recount(group, counts))
        if instance.hiding:
            return self._hidden(running, later)
        vector = witness.vector if self.instead is None else self.instead(running)
        own = vector[plan.first_row * plan.columns :]
        committed = commit(FAST, own.copy(), secret.seed, instance.log_columns)
        later.append(vector)
        prover = prove_all(running, committed)
        prover = prover if self.say is None else saying(prover, self.say)
        return run_prover([(prover, FAST.scalars)], transcript(instance, STATEMENT))[0]

    def _hidden(self, running: Running, later: list[Base]) -> bytes:
        """The same, the lies covered."""
        covers = draw(running, self.below)
        put_pads(running.witness, covers)
        vector = running.witness.vector if self.instead is None else self.instead(running)
        committed = (self.below.commit or commit_hidden)(running, covers, vector)
        later.append(vector)
        prover = lying(running, covers, committed, self.below, self.say)
        instance = running.plan.instance
        proof = run_prover([(prover, FAST.scalars)], transcript(instance, STATEMENT))[0]
        KNOWN.clear()
        KNOWN[proof] = Known(covers.pads.table, vector.copy())
        return proof


def executed(instance: Instance, secret: Secret, lie: Lie | None) -> Execution:
    """A run in which lies have the consequences they would have."""
    network = instance.network
    bounds = tuple(checked_bound(network, index, secret.weights) for index in range(len(network.nodes)))
    runner = Runner(loops("auto"), network, secret.weights, bounds)
    tensors, runs = [secret.x], []
    for index in range(len(network.nodes)):
        run = runner.run(index, runner.prepare(index), tensors.__getitem__, secret.x.shape[3])
        runs.append(run if lie is None else lie(index, run))
        tensors.append(runs[-1].y)
    return Execution(secret.x, tuple(runs))


def counted(witness: Witness, group: Group) -> Base:
    """Multiplicities of what is in its table; the rest cannot be counted."""
    tables = witness.plan.tables
    counts = np.zeros(tables.total, dtype=np.int64)
    for tag, values in trees._looked_up(FAST, witness, group):
        start, table = tables.places[tag]
        rows = values.reshape(-1).astype(np.int64) - table.low
        rows = rows[(rows >= 0) & (rows < table.rows)]
        counts[start : start + table.rows] += np.bincount(rows, minlength=table.rows)
    return counts.astype(FAST.dtype)


def at(array: np.ndarray, place: tuple[int, ...], value: int) -> np.ndarray:
    """A copy with one entry changed."""
    out = array.copy()
    out[place] = value
    return out


def moved(run: NodeRun, place: tuple[int, ...], q: int, y: int, shift: int) -> NodeRun:
    """One accumulator split otherwise: another q, the remainder that makes up for it, and the y wanted."""
    assert run.rem is not None
    rem = int(run.rem[place]) + (int(run.q[place]) - q) * (1 << shift)
    return NodeRun(at(run.q, place, q), at(run.rem, place, rem), at(run.y, place, y))


def said_outputs(case: Case, cheat: Cheat) -> Outputs:
    """What the lie leads to."""
    true = case.instance()
    return Outputs(executed(true, cheat.secret or case.secret(true), cheat.lie).logits)


def false_outputs(case: Case, cheat: Cheat) -> Instance:
    """The instance that says it, which is not the truth."""
    said = said_outputs(case, cheat)
    assert (said.values != case.logits).any()
    return case.instance(said)


def accepts(case: Case, instance: Instance, proof: bytes) -> bool:
    """Whether the verifier does; anything but a verdict escapes."""
    try:
        checked(case, instance, proof)
    except RejectedProof:
        return False
    return True


def again(cheat: Cheat, case: Case, instance: Instance, proof: bytes) -> bytes:
    """The same proof once an equation is not looked at any more: where all are combined, another one."""
    return cheat.prove(case, instance) if instance.hiding else proof


def refused(case: Case, instance: Instance, proof: bytes, check: str) -> None:
    """Refused by just this check."""
    if instance.hiding:
        refused_below(instance, proof, check)
        return
    with pytest.raises(RejectedProof) as refusal:
        checked(case, instance, proof)
    assert refusal.value.check == check


def without(monkeypatch: pytest.MonkeyPatch, *checks: str) -> None:
    """Neither side looks at the equations of these checks, in either mode."""
    for kind in (Extension, Forms):

        def require(
            self: Extension, x: object, y: object, check: str, detail: str, honest: object = kind.require_equal
        ) -> None:
            if check not in checks:
                honest(self, x, y, check, detail)  # type: ignore[operator]

        monkeypatch.setattr(kind, "require_equal", require)


def lied(case: Case, head: Head, cheat: Cheat, check: str) -> tuple[Instance, bytes]:
    """A false claim, refused by a check; for companions that remove it."""
    instance = case.instance(head)
    proof = cheat.prove(case, instance)
    refused(case, instance, proof, check)
    return instance, proof


@dataclass(frozen=True)
class Message:
    """A message of a proof and where it lies."""

    request: Receive
    start: int
    stop: int


def messages_of(case: Case, instance: Instance, proof: bytes) -> list[Message]:
    """All messages of an accepted proof."""
    found: list[Message] = []

    def noting(verifier: Verifier[None]) -> Verifier[None]:
        try:
            request = next(verifier)
            while True:
                start = found[-1].stop if found else 0
                found.append(Message(request, start, start + 16 * request.elements + request.raw_bytes))
                request = verifier.send((yield request))
        except StopIteration:
            return

    verify_whole = verify_hidden if instance.hiding else verify_all
    verifier = noting(verify_whole(FAST, make_plan(instance)))
    run_verifier([(verifier, FAST.scalars)], proof, transcript(instance, STATEMENT))
    assert found[-1].stop == len(proof)
    return found
