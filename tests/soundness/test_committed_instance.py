"""What a proof is about: every word of it is in the transcript before the first challenge, and cannot be changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from itertools import pairwise

import numpy as np
import pytest
from committed_cheats import FAST, messages_of
from committed_kit import STATEMENT, Case, every_head, every_kind, of_class, proven

from proofs.canonical import canonical_bytes
from proofs.errors import InvalidInput, MalformedProof, RejectedProof
from proofs.networks.format import digest
from proofs.networks.network import Network, Node, Table
from proofs.sumcheck.committed import transcripts, verify
from proofs.sumcheck.committed.instance import Chunk, Correct, Head, Instance, Matrix, OfClass, Outputs, Reaching
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.transcript import Transcript

Change = Callable[[Instance], Instance]
HEADS = ("outputs", "top 1", "of class", "reaching")
HIDDEN = "hidden outputs"
SUBJECTS = (*HEADS, HIDDEN)


@pytest.fixture(scope="module")
def case() -> Case:
    return every_kind(FAST, 6)


@pytest.fixture(scope="module")
def proofs(case: Case) -> dict[str, tuple[Instance, bytes]]:
    """Of examples 1 to 4 of 6, all in the open but the last."""
    heads, hidden = every_head(case, 1, 4), case.hidden()
    instances = {name: case.instance(heads[name], 1, 4) for name in HEADS}
    found = {name: (instance, proven(case, instance)) for name, instance in instances.items()}
    instance = hidden.instance(None, 1, 4)
    return found | {HIDDEN: (instance, proven(hidden, instance))}


def rejected(instance: Instance, proof: bytes, statement: bytes = STATEMENT) -> None:
    with pytest.raises((RejectedProof, MalformedProof, InvalidInput)):
        verify.verify(FAST, instance, statement, proof)


def flipped(root: bytes, at: int = 0) -> bytes:
    return root[:at] + bytes([root[at] ^ 1]) + root[at + 1 :]


def of_network(**changes: object) -> Change:
    return lambda instance: replace(instance, network=replace(instance.network, **changes))


def of_table(instance: Instance) -> Instance:
    """One more entry in a table that nothing reaches."""
    table = instance.network.tables[0]
    tables = (replace(table, high=table.high + 1), *instance.network.tables[1:])
    return replace(instance, network=replace(instance.network, tables=tables))


def with_chunk(instance: Instance, **changes: object) -> Instance:
    matrix = replace(instance.chunk.matrix, **changes)
    return replace(instance, chunk=replace(instance.chunk, matrix=matrix))


def other_block(instance: Instance) -> int:
    """Another length of blocks, with which there are as many queries; or too few columns for any."""
    return 256 if instance.model.block != 256 else 512


def other_mode(instance: Instance) -> int:
    return 0 if instance.hiding else 1 << instance.log_columns


CHANGES: dict[str, Change] = {
    "network: input scale": of_network(input_scale="0.015625"),
    "network: output scale": of_network(output_scale="2"),
    "network: a table": of_table,
    "log_columns": lambda i: replace(i, log_columns=i.log_columns + 1),
    "model: root": lambda i: replace(i, model=replace(i.model, root=flipped(i.model.root))),
    "model: last byte of the root": lambda i: replace(i, model=replace(i.model, root=flipped(i.model.root, 31))),
    "model: rows": lambda i: replace(i, model=replace(i.model, rows=i.model.rows + 1)),
    "model: block": lambda i: replace(i, model=replace(i.model, block=other_block(i))),
    "chunk: block": lambda i: with_chunk(i, block=other_block(i)),
    "both blocks": lambda i: with_chunk(replace(i, model=replace(i.model, block=other_block(i))), block=other_block(i)),
    "the other mode": lambda i: with_chunk(
        replace(i, model=replace(i.model, block=other_mode(i))), block=other_mode(i)
    ),
    "chunk: root": lambda i: replace(i, chunk=replace(i.chunk, matrix=replace(i.chunk.matrix, root=bytes(32)))),
    "chunk: rows": lambda i: replace(i, chunk=replace(i.chunk, matrix=replace(i.chunk.matrix, rows=3))),
    "chunk: examples": lambda i: replace(i, chunk=replace(i.chunk, examples=5)),
    "chunk: labelled": lambda i: replace(i, chunk=replace(i.chunk, labelled=False)),
    "first": lambda i: replace(i, first=2),
    "first, back": lambda i: replace(i, first=0),
    "model and chunk": lambda i: replace(i, model=i.chunk.matrix, chunk=replace(i.chunk, matrix=i.model)),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", SUBJECTS)
def test_a_changed_instance(proofs: dict[str, tuple[Instance, bytes]], name: str, change: str) -> None:
    instance, proof = proofs[name]
    rejected(CHANGES[change](instance), proof)


def test_a_changed_claim(proofs: dict[str, tuple[Instance, bytes]], case: Case) -> None:
    instance, proof = proofs["outputs"]
    for place in ((0, 0), (3, 4)):
        wrong = instance.head.values.copy()
        wrong[place] -= 1
        rejected(replace(instance, head=Outputs(wrong)), proof)
    rejected(replace(instance, head=Outputs(instance.head.values[::-1].copy())), proof)
    rejected(replace(instance, head=Outputs(instance.head.values[:-1]), count=3), proof)
    instance, proof = proofs["top 1"]
    head = instance.head
    for changed in (replace(head, top_k=2), replace(head, correct=head.correct - 1), Correct(2, head.correct)):
        rejected(replace(instance, head=changed), proof)
    for name in ("of class", "reaching"):
        instance, proof = proofs[name]
        selected = instance.head.selected
        for bits in ((not selected[0], *selected[1:]), selected[::-1], (True,) * 4, (False,) * 4):
            if bits != selected:
                rejected(replace(instance, head=replace(instance.head, selected=bits)), proof)
    instance, proof = proofs["of class"]
    rejected(replace(instance, head=replace(instance.head, wanted=4)), proof)
    instance, proof = proofs["reaching"]
    rejected(replace(instance, head=replace(instance.head, threshold=instance.head.threshold + 1)), proof)
    rejected(replace(instance, head=replace(instance.head, threshold=instance.head.threshold - 1)), proof)
    rejected(replace(instance, head=replace(instance.head, scored=1)), proof)


def test_a_proof_of_one_claim_under_another(proofs: dict[str, tuple[Instance, bytes]]) -> None:
    for name, (instance, _) in proofs.items():
        for other, (_, proof) in proofs.items():
            if name != other:
                rejected(instance, proof)


@pytest.mark.parametrize("statement", [b"", STATEMENT + b"\0", STATEMENT[:-1], b"\0" + STATEMENT, STATEMENT.upper()])
def test_another_statement(proofs: dict[str, tuple[Instance, bytes]], statement: bytes) -> None:
    for instance, proof in proofs.values():
        rejected(instance, proof, statement)


def test_another_model_of_the_same_network(proofs: dict[str, tuple[Instance, bytes]]) -> None:
    other = every_kind(FAST, 6, seed=1).model
    for instance, proof in proofs.values():
        rejected(replace(instance, model=replace(instance.model, root=other.root)), proof)


# -- the inventory ---------------------------------------------------------------------------------------------------
Exchanged = tuple[str, bytes, int]


class Noted(Transcript):
    """A transcript that keeps what is said to it."""

    begun: tuple[str, int, bytes, Mapping[str, object]]
    said: list[Exchanged]

    def __init__(self, protocol: str, version: int, statement: bytes, parameters: Mapping[str, object]) -> None:
        super().__init__(protocol, version, statement, parameters)
        Noted.begun, Noted.said = (protocol, version, statement, parameters), []

    def exchange(self, label: str, payload: bytes, challenges: int, extension: object) -> tuple[object, ...]:
        Noted.said.append((label, payload, challenges))
        return super().exchange(label, payload, challenges, extension)


@pytest.mark.parametrize("name", SUBJECTS)
def test_everything_is_absorbed_in_order(
    case: Case, proofs: dict[str, tuple[Instance, bytes]], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Parameters and statement, the fields, then all the proof's bytes, each before the challenges after it."""
    instance, proof = proofs[name]
    messages = messages_of(case, instance, proof)
    monkeypatch.setattr(transcripts, "Transcript", Noted)
    verify.verify(FAST, instance, STATEMENT, proof)
    protocol, version, statement, parameters = Noted.begun
    assert (protocol, version, statement) == ("assay/committed-network", 1, STATEMENT)
    assert canonical_bytes(dict(parameters)) == canonical_bytes(expected(instance))
    fields_said, witness, *rest = Noted.said
    assert fields_said == ("fields", b"[[2147483647,4]]", 0)
    assert witness == ("witness", proof[:32], 3)  # the first challenges: alpha, beta, gamma
    assert len({label for label, _, _ in Noted.said}) == len(Noted.said)
    assert [witness, *rest] == [(m.request.label, proof[m.start : m.stop], m.request.challenges) for m in messages]
    assert b"".join(payload for _, payload, _ in Noted.said[1:]) == proof
    drawn = [label for label, _, challenges in Noted.said if challenges]
    assert drawn.index("witness") < drawn.index("combine") < drawn.index("claims") < drawn.index("opening/combination")
    assert Noted.said[-1][0] == "opening/columns"
    if name == HIDDEN:
        places = [
            drawn.index(label) for label in ("combine", "products", "claims", "opening/mask", "opening/combination")
        ]
        assert places == sorted(places)
        assert drawn.index("opening/mask") == len(drawn) - 2, "lambda is drawn after all batching rounds"


def expected(instance: Instance) -> dict[str, object]:
    """What a transcript begins with, said once more."""
    model, chunk, head = instance.model, instance.chunk, instance.head
    claim: dict[str, object]
    if isinstance(head, Outputs):
        words = hashlib.sha256(b"".join(int(v).to_bytes(8, "little", signed=True) for v in head.values.reshape(-1)))
        claim = {"outputs": words.hexdigest(), "shape": list(head.values.shape)}
    elif isinstance(head, Correct):
        claim = {"top_k": head.top_k, "correct": head.correct}
    else:
        bits = hashlib.sha256(b"".join(b"\1" if bit else b"\0" for bit in head.selected)).hexdigest()
        claim = {"class": head.wanted} if isinstance(head, OfClass) else {"scored": head.scored}
        claim |= {"selected": bits} | ({} if isinstance(head, OfClass) else {"threshold": head.threshold})
    hiding = model.block > 0
    return {
        "zero_knowledge": hiding,
        "queries": 246 if hiding else 151,
        **({"block": 512} if hiding else {}),
        "network": digest(instance.network).hex(),
        "log_columns": instance.log_columns,
        "model": [model.root.hex(), model.rows],
        "chunk": [chunk.matrix.root.hex(), chunk.matrix.rows, chunk.examples, chunk.labelled],
        "first": instance.first,
        "count": instance.count,
        "head": claim,
    }


def test_no_field_of_an_instance_is_forgotten() -> None:
    """A new field needs a line in ``expected`` and among the changes."""
    names = {kind: [field.name for field in fields(kind)] for kind in (Instance, Matrix, Chunk)}
    assert names == {
        Instance: ["network", "log_columns", "model", "chunk", "first", "count", "head"],
        Matrix: ["root", "rows", "block"],
        Chunk: ["matrix", "examples", "labelled"],
    }
    claims = {kind: [field.name for field in fields(kind)] for kind in Head.__args__}
    assert claims == {
        Outputs: ["values"],
        Correct: ["top_k", "correct"],
        OfClass: ["wanted", "selected"],
        Reaching: ["scored", "threshold", "selected"],
    }


def test_the_closed_set_of_operations() -> None:
    """A network is made of these and no other: none computes a hash in few steps, all outputs are committed."""
    assert {kind.__name__ for kind in Node.__args__} == {"Convolution", "Combination", "Maximum"}
    assert {kind.__name__ for kind in Table.__args__} == {"Clamp", "Listed"}
    assert [field.name for field in fields(Network)] == ["tensors", "nodes", "tables", "input_scale", "output_scale"]


def test_every_value_that_is_not_linear_is_under_the_first_root(case: Case) -> None:
    """Outputs, remainders and multiplicities have places in the witness; only q, which follows from them, has none."""
    for head in every_head(case).values():
        plan = make_plan(case.instance(head))
        start = plan.first_row * plan.columns
        for site in plan.sites.values():
            if site.node is not None:
                assert site.in_witness and site.place is not None and site.place.offset >= start
            assert (site.remainders is not None) == bool(site.shift)
            assert site.kind == "computed" or site.place is not None
        held = [s for site in plan.sites.values() for s in (site.place if site.in_witness else None, site.remainders)]
        held += [*(group.multiplicities for group in plan.groups), *plan.extras.values()]
        spans = sorted((s.offset, s.end) for s in held if s is not None)
        assert spans[0][0] >= start and spans[-1][1] <= plan.rows * plan.columns
        assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))


OPEN_FIELDS = ("first", "network", "model", "chunk", "count", "head", "log_columns", "queries")


@pytest.mark.parametrize("name", [*OPEN_FIELDS, "zero_knowledge", "block"])
def test_a_transcript_without_a_field_is_another(
    case: Case, proofs: dict[str, tuple[Instance, bytes]], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What is left out is not bound: every field makes a difference, so a proof made without it does not pass."""
    hiding = name not in OPEN_FIELDS
    instance, proof = proofs[HIDDEN if hiding else "outputs"]

    class Without(Transcript):
        def __init__(self, protocol: str, version: int, statement: bytes, parameters: Mapping[str, object]) -> None:
            super().__init__(protocol, version, statement, {k: v for k, v in parameters.items() if k != name})

    monkeypatch.setattr(transcripts, "Transcript", Without)
    rejected(instance, proof)
    again = proven(case.hidden() if hiding else case, instance)
    verify.verify(FAST, instance, STATEMENT, again)
    if name == "network":  # scales are nowhere else: without the digest they could be anything
        verify.verify(FAST, of_network(output_scale="2")(instance), STATEMENT, again)


def test_a_replayed_proof_of_another_shard(case: Case) -> None:
    """Two shards of one chunk that happen to have the same logits are still two."""
    twice = Case(FAST, case.network, case.weights, np.concatenate([case.x[..., :2]] * 2, axis=3), None)
    first, second = (twice.instance(None, start, 2) for start in (0, 2))
    assert (first.head.values == second.head.values).all()
    proof = proven(twice, first)
    verify.verify(FAST, first, STATEMENT, proof)
    rejected(second, proof)
    assert of_class(twice, 0, 0, 2) == of_class(twice, 0, 2, 2)
