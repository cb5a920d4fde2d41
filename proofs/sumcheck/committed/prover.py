"""The prover's walk: the same as the verifier's, with the numbers at hand."""

from __future__ import annotations

from collections import defaultdict

from proofs.networks.network import Convolution
from proofs.sumcheck.committed.accumulators import Combining
from proofs.sumcheck.committed.groups import Group, Part
from proofs.sumcheck.committed.joint import Joint
from proofs.sumcheck.committed.plan import node_name
from proofs.sumcheck.committed.running import Running
from proofs.sumcheck.committed.trees import site_leaves, table_leaves, values_at
from proofs.sumcheck.committed.values import Flat, committed_readings
from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.layout.batching import prove_batch
from proofs.sumcheck.layout.functional import FlatEq
from proofs.sumcheck.layout.tensorise import prove_tensor
from proofs.sumcheck.ligero.commit import Committed
from proofs.sumcheck.ligero.opening import prove_opening
from proofs.sumcheck.lookups.balance import prove_balance
from proofs.sumcheck.lookups.leaves import Challenges
from proofs.sumcheck.lookups.prover import prove_fractions, prove_ones
from proofs.sumcheck.reductions.combination import combination_claim
from proofs.sumcheck.reductions.convolution import ConvolutionPlaces, prove_convolution

Ended = dict[str, list[tuple[Part, Flat]]]
"""The points at which each site's look-ups ended, group by group."""
Functionals = list[Joint]
"""Of all claims, in the verifier's order."""


def prove_all(running: Running, committed: Committed) -> Prover[None]:
    """Prove an instance whose witness is committed, in the open."""
    field, plan = running.field, running.plan
    claims = yield from prove_walk(running, committed.root)
    running.stage("claims")
    (xi,) = yield Send("claims", (), 1)
    members = [claim.members for claim in claims]
    end = yield from prove_batch(field, "batch", members, xi, running.witness.vector, plan.flat_bits)
    running.stage("opening")
    matrices = [running.secret.model, running.secret.chunk, committed]
    yield from prove_opening(field, "opening", matrices, end.point)


def prove_walk(running: Running, root: bytes) -> Prover[Functionals]:
    """Everything up to claims about the flat vector, under the witness's root."""
    plan = running.plan
    drawn = Challenges(*(yield Send("witness", (), 3, root)))
    ended: Ended = defaultdict(list)
    claims: Functionals = []
    for group in plan.groups:
        running.stage("look-ups")
        claims += yield from _group(running, drawn, group, ended)
    (eta,) = yield Send("combine", (), 1)
    claims += yield from plan.head.prove(running, ended, eta)
    running.stage("layers")
    for index in reversed(range(len(plan.instance.network.nodes))):
        claims += yield from _node(running, index, ended[node_name(index)], eta)
    running.release()
    return claims


def _group(running: Running, drawn: Challenges, group: Group, ended: Ended) -> Prover[Functionals]:
    """One group's two trees, and what is said where they end."""
    field, witness = running.field, running.witness
    looked_up = yield from prove_ones(field, f"{group.name}/sites", site_leaves(field, witness, drawn, group))
    held = yield from prove_fractions(field, f"{group.name}/tables", *table_leaves(field, witness, drawn, group))
    if running.plan.instance.hiding:
        yield from prove_balance(field.scalars, group.name, looked_up.root, held.root)
    point = tuple(looked_up.point[1:])
    yield Send(f"{group.name}/values", values_at(field, witness, group, point), 0)
    for part in group.parts:
        ended[part.site.name].append((part, point))
    segment = group.multiplicities
    counted = FlatEq(segment, held.point, 0, (0, segment.rows))
    return [*(Joint(members) for members in committed_readings(group, point)), Joint((counted,))]


def _node(running: Running, index: int, parts: list[tuple[Part, Flat]], eta: Scalar) -> Prover[Functionals]:
    """A node's accumulators, brought to a point and reduced to weights and inputs."""
    field, plan = running.field, running.plan
    name, node = node_name(index), plan.instance.network.nodes[index]
    placed = Combining(field.scalars, eta).placed(parts)
    end = yield from prove_tensor(field, f"{name}/point", placed, running.accumulators(index, eta))
    if isinstance(node, Convolution):
        segments, weights = plan.model[index], running.secret.weights[index]
        places = ConvolutionPlaces(segments.weight, segments.bias, plan.tensor(node.source))
        x = running.tensor(node.source)
        found = yield from prove_convolution(field, name, node, places, weights.weight, weights.bias, x, end.point)
    else:
        found = [combination_claim(field, plan.terms(field.scalars, index, eta), end.point, end.value)]
    return [Joint(claim.functionals) for claim in found]
