"""Whether what is to be served can be proven here: looked at before anybody is answered, not when a proof is owed."""

from __future__ import annotations

from collections.abc import Iterable

from assay.service.delegation.hosted import bytes_an_input
from proofs.canonical import to_hex
from proofs.free_memory import require_memory
from proofs.halo2.costs import require_proving
from proofs.halo2.secret_model import SecretModel
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck_backend.data_commitment import ROOT_BYTES, DataCommitment
from proofs.sumcheck_backend.memory import choose_shard
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.questions import AskLogits


def require_networks(networks: Iterable[Network]) -> None:
    """Raises ResourceExceeded: not even one input of an open network can be proven."""
    for network in networks:
        what = f"proving one input of the network {to_hex(network.digest)}"
        require_memory(bytes_an_input(network), what, "a smaller network, or a larger machine")


def require_rounds(model: SecretModel, network: NetworkCommitment | None) -> None:
    """Raises ResourceExceeded: a contested answer, or a round of a single answer, could not be proven.

    Args:
        network: what proves rounds at once, if anything does.
    """
    require_proving(model.description)
    if network is not None:
        root = (bytes(ROOT_BYTES),)
        one = DataCommitment(network.format, 1, 1, False, network.log_columns, root, network.block)
        choose_shard(network, one, AskLogits(), 1)
