"""Everything a verifier derives from an instance before it reads a byte of the proof: layout, look-ups, groups, sizes.

The flat vector is model | chunk | witness, rows of 2^log_columns entries. The witness holds the values of every site,
then the remainders, then each group's multiplicities, then what the head adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from proofs.errors import InvalidInput
from proofs.networks.checks import check_network
from proofs.networks.network import Clamp, Combination, Maximum, Network, Table, Term
from proofs.networks.public_bounds import check_public_bounds
from proofs.sumcheck.claims import bits
from proofs.sumcheck.committed.groups import Group, cut, group_spans
from proofs.sumcheck.committed.heads import HeadProtocol, head_of
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.segments import (
    ChunkSegments,
    WeightSegments,
    aligned,
    chunk_segments,
    model_segments,
    model_size,
)
from proofs.sumcheck.committed.sites import Kind, Site, asked, place
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.hiding.pads import PadPlan, plan_pads
from proofs.sumcheck.layout.segment import Segment, Shape4
from proofs.sumcheck.ligero.parameters import MOST_COLUMNS
from proofs.sumcheck.lookups.tables import RangeTable, TableLayout
from proofs.sumcheck.lookups.unique import lookup_error, require_unique

MAX_POSITIONS = 1 << 30
MAX_ROWS = 1 << 18
"""Beyond any proof that fits a bundle: bounds what a hostile description makes its reader list."""
COORDINATES = 4
"""Coordinates of an element of the extension: entries of a pad."""
LINE = 256
"""Runs of multiplicities and extras."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What prover and verifier walk along.

    Args:
        model, chunk: segments in the flat vector.
        sites: all look-up sites, placed; by name in ``site``.
        extras: further segments of the witness, by name.
        pads, pad_plan: where a hidden proof's pads lie in the flat vector, (degree, 1, 1, pads), and which they are.
        first_row, rows: of the witness, and of the whole flat vector. end: of its last segment, in entries.
    """

    instance: Instance
    head: HeadProtocol
    model: dict[int, WeightSegments]
    chunk: ChunkSegments
    sites: dict[str, Site]
    groups: tuple[Group, ...]
    tables: TableLayout
    tags: dict[Table | RangeTable, int]
    extras: dict[str, Segment]
    first_row: int
    end: int
    rows: int
    pads: Segment | None = None
    pad_plan: PadPlan | None = None

    @property
    def columns(self) -> int:
        """Entries of a row."""
        return 1 << self.instance.log_columns

    @property
    def row_bits(self) -> int:
        """Variables that number the rows."""
        return bits(self.rows)

    @property
    def flat_bits(self) -> int:
        """Variables of the flat vector."""
        return self.row_bits + self.instance.log_columns

    @property
    def lookup_error(self) -> Fraction:
        """The chance with which the challenges of the look-ups let a false one pass: the largest group's."""
        return max(lookup_error(2 << group.depth, self.tables.total) for group in self.groups)

    @property
    def place_of_pads(self) -> Segment:
        """Where the pads lie. Raises ValueError for the plan of a proof in the open."""
        if self.pads is None:
            raise ValueError("a proof in the open has no pads")
        return self.pads

    def tensor(self, index: int) -> Segment:
        """Where a tensor of the network is committed: the input in the chunk, the others in the witness."""
        if index == 0:
            return self.chunk.examples
        found = self.sites[node_name(index - 1)].place
        if found is None:
            raise InvalidInput(f"tensor {index} is not committed")
        return found

    @property
    def logits(self) -> Segment:
        """Where the logits lie, (classes, 1, 1, count)."""
        return self.tensor(len(self.instance.network.nodes))

    def terms(self, scalars: Extension, index: int, eta: Scalar) -> list[tuple[Term, Scalar, Segment]]:
        """The linear form a node's accumulators are, if it has no weights: a term, its multiplier, where it reads.

        A maximum's are (first - second) + eta second.
        """
        node = self.instance.network.nodes[index]
        if isinstance(node, Maximum):
            weighted = [(node.first, scalars.one), (node.second, scalars.sub(eta, scalars.one))]
        elif isinstance(node, Combination):
            weighted = [(term, scalars.from_int(term.multiplier)) for term in node.terms]
        else:
            raise InvalidInput(f"node {index} has weights")
        return [(term, factor, self.tensor(term.source)) for term, factor in weighted]


def node_name(index: int) -> str:
    """A node's site."""
    return f"node {index}"


def make_plan(instance: Instance) -> Plan:
    """Lay everything out.

    Raises:
        InvalidInput: the network, a table or a size is not one this protocol can prove.
    """
    plan = _laid_out(instance)
    return _with_pads(plan) if instance.hiding else plan


def _laid_out(instance: Instance) -> Plan:
    """All but the pads."""
    network = instance.network
    check_network(network)
    check_public_bounds(network)
    _check_sizes(instance)
    _check_blocks(instance)
    head = head_of(instance)
    columns = 1 << instance.log_columns
    first_row = instance.model.rows + instance.chunk.matrix.rows
    chunk = _chunk_in_place(instance)
    asked_for = [*_node_sites(network, instance.count), _input_site(network, chunk), *head.sites()]
    placed = place(asked_for, first_row * columns)
    if placed.total > MAX_POSITIONS or placed.end > MAX_ROWS * columns:
        raise InvalidInput(
            f"{placed.total} look-ups in one proof, {placed.end} committed entries in rows of {columns}: at most "
            f"{MAX_POSITIONS} and {MAX_ROWS} rows are accepted; prove fewer examples at once"
        )
    tags = _tags(placed.sites)
    tables = TableLayout(tuple((tag, table) for table, tag in tags.items()))
    multiplicities, end = _stacked([(1, 1, 1, tables.total)] * len(group_spans(placed.total)), placed.end)
    wanted = head.extras()
    extras, end = _stacked(list(wanted.values()), end)
    return Plan(
        instance=instance,
        head=head,
        model=_model_in_place(network),
        chunk=chunk,
        sites={site.name: site for site in placed.sites},
        groups=cut(placed, multiplicities),
        tables=tables,
        tags=tags,
        extras=dict(zip(wanted, extras, strict=True)),
        first_row=first_row,
        end=end,
        rows=-(-end // columns),
    )


def _with_pads(plan: Plan) -> Plan:
    """A plan with pads for all its messages, behind everything else."""
    from proofs.sumcheck.committed.outline import hidden_messages

    pads = plan_pads(hidden_messages(plan))
    (segment,), end = _stacked([(COORDINATES, 1, 1, pads.size)], plan.end)
    return replace(plan, pads=segment, pad_plan=pads, end=end, rows=-(-end // plan.columns))


def _check_blocks(instance: Instance) -> None:
    """Blocks mask the columns that are asked for, and there is room for them."""
    block, other, code = instance.model.block, instance.chunk.matrix.block, instance.code()
    if block != other:
        raise InvalidInput(
            f"the weights are hidden by blocks of {block} entries, the examples by {other}: a proof shows as many "
            "columns of both, so commit to one of them again, with blocks as long as the other's"
        )
    fits = 0 <= block <= code.columns and not block & (block - 1)
    if not fits or (block and block < code.fresh_block):
        raise InvalidInput(
            f"random blocks of {block} entries hide nothing in rows of {code.columns}: a power of two that masks all "
            "columns asked for, and is no longer than the row, does"
        )


def _check_sizes(instance: Instance) -> None:
    """The roots are over as many rows as network and chunk fill, and the examples are the chunk's."""
    if not 0 <= instance.log_columns <= MOST_COLUMNS:
        raise InvalidInput(f"rows have 2^0 to 2^{MOST_COLUMNS} entries, not 2^{instance.log_columns}")
    columns, shape = 1 << instance.log_columns, instance.network.tensors[0].shape
    segments = chunk_segments(shape, instance.chunk.examples, instance.chunk.labelled)
    sizes = (
        ("model", instance.model.rows, model_size(instance.network)),
        ("chunk", instance.chunk.matrix.rows, segments.end),
    )
    for name, rows, entries in sizes:
        if rows != -(-entries // columns):
            raise InvalidInput(f"the {name}'s matrix has {rows} rows; {entries} entries fill {-(-entries // columns)}")
    if segments.examples.low > columns:
        raise InvalidInput(f"rows of {columns} entries are shorter than the examples' runs of {segments.examples.low}")
    if instance.first < 0 or instance.count < 1 or instance.first + instance.count > instance.chunk.examples:
        raise InvalidInput(
            f"examples {instance.first} to {instance.first + instance.count - 1} are not in a chunk of "
            f"{instance.chunk.examples}"
        )


def _model_in_place(network: Network) -> dict[int, WeightSegments]:
    """The model comes first in the flat vector."""
    return model_segments(network)


def _chunk_in_place(instance: Instance) -> ChunkSegments:
    """The instance's examples, behind the model."""
    shape = instance.network.tensors[0].shape
    offset = instance.model.rows << instance.log_columns
    whole = chunk_segments(shape, instance.chunk.examples, instance.chunk.labelled)
    part = whole.part(instance.first, instance.count)
    labels = None if part.labels is None else part.labels.at(offset + part.labels.offset)
    return ChunkSegments(part.examples.at(offset + part.examples.offset), labels)


def _node_sites(network: Network, count: int) -> list[Site]:
    sites = []
    for index, node in enumerate(network.nodes):
        shape: Shape4 = (*network.tensors[index + 1].shape, count)
        kind: Kind = "maximum" if isinstance(node, Maximum) else "rescaled"
        sites.append(asked(node_name(index), kind, shape, network.tables[node.table], node.shift, index))
    return sites


def _input_site(network: Network, chunk: ChunkSegments) -> Site:
    """Every input is looked up in its range, whoever committed to it."""
    tensor, segment = network.tensors[0], chunk.examples
    table = Clamp(tensor.low, tensor.high, 0, 0)
    return Site("input", "committed", table, 0, None, segment.at(0), in_witness=False, place=segment)


def _tags(sites: Sequence[Site]) -> dict[Table | RangeTable, int]:
    """A number for every table and every range of remainders."""
    tables = {id(site.table): site.table for site in sites}  # long tables are compared once, not once a site
    wanted: list[Table | RangeTable] = list(tables.values())
    wanted += [RangeTable(site.shift) for site in sites if site.shift]
    for site in sites:
        require_unique(site.shift, site.table.rows)
    return {table: number for number, table in enumerate(dict.fromkeys(wanted), 1)}


def _stacked(shapes: Sequence[Shape4], offset: int) -> tuple[list[Segment], int]:
    """Segments one after the other from ``offset`` on, and where the last ends."""
    found = []
    for shape in shapes:
        low = min(LINE, 1 << bits(shape[3]))
        segment = Segment(shape, (0, 1, 2, 3), low, aligned(offset, low))
        found.append(segment)
        offset = segment.end
    return found, offset
