"""SafetyNets without a conversation: the same rounds, their challenges hashed from everything said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields import Field, Integers, Kernels, field
from proofs.sumcheck.interactive import rehearse
from proofs.sumcheck.safetynets.digests import digest_of_inputs, digest_of_outputs
from proofs.sumcheck.safetynets.execution.execute import Execution
from proofs.sumcheck.safetynets.execution.inputs import check_inputs
from proofs.sumcheck.safetynets.network import Challenges, Network
from proofs.sumcheck.safetynets.obligations import discharge_all
from proofs.sumcheck.safetynets.outputs import check_outputs
from proofs.sumcheck.safetynets.prover import prove as prove_branch
from proofs.sumcheck.safetynets.verifier import verify as verify_branch
from proofs.sumcheck.soundness import Round, recorded
from proofs.sumcheck.transcript import Transcript, run_prover, run_verifier

PROTOCOL = "assay/safetynets"
VERSION = 1
SMALL = 1 << 22
"""Values of inputs, and products of one run, below which NumPy does: about a third of a second."""


def fields_of(network: Network, kernels: Kernels = "auto", challenges: Challenges = "extension") -> list[Field]:
    """The fields a network is proven in, one a branch: as many primes as its static bound asks for."""
    return [field(name, kernels) for name in network.fields(challenges)]


def prove(
    network: Network,
    inputs: Integers,
    outputs: NDArray[Any],
    executions: Sequence[Execution],
    fields: Sequence[Field],
    statement: bytes,
) -> bytes:
    """A proof that a network's outputs are its own on the inputs it was run on. Hides nothing.

    Network, inputs and outputs are hashed before the first challenge, whatever the statement says of them.

    Args:
        inputs: (R, N) signed integers, those that were run. outputs: (N, K), ``signed_outputs`` of the executions.
        executions: the network's values in each of ``fields``, one a branch.
        statement: whatever else the proof is to be bound to; absorbed first.
    """
    branches = [
        (prove_branch(network, branch, execution), branch.scalars)
        for branch, execution in zip(fields, executions, strict=True)
    ]
    return run_prover(branches, _transcript(network, inputs, outputs, fields, statement))[0]


def verify(
    network: Network,
    inputs: Integers,
    outputs: NDArray[Any],
    statement: bytes,
    proof: bytes,
    kernels: Kernels | None = None,
) -> None:
    """Check a proof against the network, inputs and outputs themselves.

    Args:
        inputs: (R, N) signed integers, the verifier's own. outputs: (N, K) signed integers, as claimed.
        statement: whatever else the proof is bound to, its caller's to recompute or to compare.
        kernels: of the fields; ``checking_kernels`` unless given.

    Raises:
        MalformedProof: the proof is not so many canonical elements.
        RejectedProof: an equation does not hold; the layer is named.
        InvalidInput: inputs outside the box, for which residues say nothing about integers.
    """
    check_inputs(network, inputs)
    check_outputs(network, outputs, inputs.shape[1])
    fields = fields_of(network, kernels or checking_kernels(network, inputs))
    branches = [(verify_branch(network, branch, outputs), branch.scalars) for branch in fields]
    left = run_verifier(branches, proof, _transcript(network, inputs, outputs, fields, statement))
    for branch, obligations in zip(fields, left, strict=True):
        discharge_all(branch, obligations, inputs)


def checking_kernels(network: Network, inputs: Integers) -> Kernels:
    """NumPy where it checks a proof in less time than compiled kernels take to be loaded."""
    return "plain" if inputs.size + network.multiplications < SMALL else "auto"


def rounds(network: Network, total: int, challenges: Challenges = "extension") -> list[Round]:
    """The rounds of one branch's proof about ``total`` examples, from which its soundness follows."""
    branch = fields_of(network, "plain", challenges)[0]
    found: list[Round] = []
    verifier = recorded(verify_branch(network, branch, np.zeros((total, network.classes), np.int64)), found)
    rehearse([(verifier, branch.scalars)])
    return found


def _transcript(
    network: Network, inputs: Integers, outputs: NDArray[Any], fields: Sequence[Field], statement: bytes
) -> Transcript:
    """A transcript with everything public in it, so that no challenge is known before all of it is fixed."""
    parameters: Mapping[str, object] = {
        "fields": [branch.name for branch in fields],
        "inputs": digest_of_inputs(network, inputs).hex(),
        "network": network.digest.hex(),
        "outputs": digest_of_outputs(network, outputs).hex(),
        "zero_knowledge": False,
    }
    return Transcript(PROTOCOL, VERSION, statement, parameters)
