"""Running a network exactly: in plain integers as long as the static bounds allow, then modulo each prime.

The residues a prover needs are those of the same integers, so layers whose values fit 60 bits are run once for all
primes, by floating-point products that are exact (numbers.py); in the CNNs of SafetyNets that is every layer.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from proofs.sumcheck.fields import field as field_of
from proofs.sumcheck.fields.field import Base, Field, Integers
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.execution.blas_threads import one_thread_each
from proofs.sumcheck.safetynets.execution.exact_steps import Plan, plan, run
from proofs.sumcheck.safetynets.execution.inputs import check_inputs
from proofs.sumcheck.safetynets.execution.numbers import Kind, Numbers
from proofs.sumcheck.safetynets.network import Network

__all__ = ["Execution", "execute", "execute_all", "integer_outputs", "needed_tensors", "signed_outputs"]


@dataclass(frozen=True, slots=True, eq=False)
class Execution:
    """A run of a network modulo one prime.

    Args:
        field: the field's name. p: its prime. total: number of examples N.
        tensors: values (R, N) of the tensors that were kept, by number; 0 is the input.
        output: number of the last tensor, which is always kept.
    """

    field: str
    p: int
    total: int
    tensors: Mapping[int, Base]
    output: int


def execute(network: Network, field: Field, x: Integers, keep: Iterable[int] | None = None) -> Execution:
    """Run a network modulo one prime. See ``execute_all``."""
    return execute_all(network, [field], x, keep)[0]


def execute_all(
    network: Network, fields: Sequence[Field], x: Integers, keep: Iterable[int] | None = None
) -> tuple[Execution, ...]:
    """Run a network modulo each prime.

    Args:
        x: integer inputs (R, N) in the network's box.
        keep: numbers of the tensors to keep beside the last; those a prover needs if not given.

    Raises:
        InvalidInput: inputs of another shape or outside the box, for which the static bounds do not hold.
    """
    check_inputs(network, x)
    prepared = plan(network)
    output = len(network.nodes)
    kept = frozenset(needed_tensors(network) if keep is None else keep) | {output}
    read = {i for tensor in prepared.residues for i in network.nodes[tensor - 1].inputs}
    stored = {i for i in kept | read if prepared.kinds[i] is not Kind.RESIDUE}
    exact = _run_exact(network, prepared, fields, x, frozenset(stored))
    found = []
    for field, tensors in zip(fields, exact, strict=True):
        _run_residues(network, field, prepared.residues, tensors, kept)
        chosen = {i: values for i, values in tensors.items() if i in kept}
        found.append(Execution(field.name, field.scalars.p, x.shape[1], chosen, output))
    return tuple(found)


def needed_tensors(network: Network) -> frozenset[int]:
    """Tensors the prover reads: what is squared, what linear layers write, the first term of every sum, the last."""
    needed = {len(network.nodes)}
    for index, node in enumerate(network.nodes, 1):
        if isinstance(node.layer, Square | Add):
            needed.add(node.inputs[0])
        elif isinstance(node.layer, Dense | Convolution):
            needed.add(index)
    return frozenset(needed)


def integer_outputs(network: Network, x: Integers) -> NDArray[Any]:
    """The exact outputs (N, K) of integer inputs (R, N): int64, or Python integers where two primes are needed.

    Raises:
        InvalidInput: inputs outside the box. UnsupportedModel: outputs that two primes do not hold.
    """
    # In NumPy: nothing here is worth compiling kernels for.
    fields = [field_of(name, "plain") for name in network.fields()]
    return signed_outputs(network, execute_all(network, fields, x, keep=()))


def signed_outputs(network: Network, executions: Sequence[Execution]) -> NDArray[Any]:
    """The integers (N, K) of least size that are the outputs modulo every prime run: the outputs themselves, where the
    network's bounds fit half the primes' product. int64 for one prime, Python integers for more.

    Raises:
        InvalidInput: no executions, or of different examples.
    """
    if not executions or any(e.total != executions[0].total or e.output != len(network.nodes) for e in executions):
        raise InvalidInput("outputs are recombined from runs of one network on the same examples, modulo each prime")
    residues = [execution.tensors[execution.output].T for execution in executions]
    values, modulus = residues[0].astype(np.int64), executions[0].p
    for residue, execution in zip(residues[1:], executions[1:], strict=True):
        lifted = values.astype(object)
        step = (residue.astype(object) - lifted) * pow(modulus, -1, execution.p) % execution.p
        values, modulus = lifted + modulus * step, modulus * execution.p
    return np.ascontiguousarray(np.where(values > modulus // 2, values - modulus, values))


def _run_exact(
    network: Network, prepared: Plan, fields: Sequence[Field], x: Integers, stored: frozenset[int]
) -> list[dict[int, Base]]:
    """Run the exact steps on chunks of examples, and write what is to be stored as residues of every prime."""
    total, workers = x.shape[1], os.cpu_count() or 1
    chunk = min(prepared.chunk, -(-total // workers))
    rows = {i: int(np.prod(network.shapes[i])) for i in stored}
    tensors = [{i: np.empty((rows[i], total), field.dtype) for i in stored} for field in fields]

    def work(start: int) -> None:
        columns = slice(start, min(start + chunk, total))
        values = run(prepared.steps, x[:, columns].astype(prepared.kinds[0].dtype), stored)
        for tensor, numbers in values.items():
            whole = numbers.astype(np.int64, copy=False)
            for field, target in zip(fields, tensors, strict=True):
                target[tensor][:, columns] = _residues(field, whole)

    with one_thread_each(), ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(0, total, chunk)))
    return tensors


def _residues(field: Field, values: Numbers) -> Base:
    """int64 modulo a prime, without the field's kernels, which are not to be called from several threads."""
    p = field.scalars.p
    if p > 1 << 60:  # values are below half of it
        return np.asarray(values + ((values >> 63) & p)).view(np.uint64)
    return np.mod(values, p).astype(field.dtype)


def _run_residues(
    network: Network, field: Field, todo: Sequence[int], tensors: dict[int, Base], kept: frozenset[int]
) -> None:
    """Run the remaining layers modulo a prime; what is neither kept nor read again is dropped."""
    for place, tensor in enumerate(todo):
        node = network.nodes[tensor - 1]
        tensors[tensor] = node.layer.forward(field, *(tensors[i] for i in node.inputs))
        later = {i for other in todo[place + 1 :] for i in network.nodes[other - 1].inputs}
        for i in [i for i in tensors if i not in later and i not in kept and i != tensor]:
            del tensors[i]
