"""Offering rounds with a model, and the other side's check: circuit rebuilt, every contract compared by its code."""

from __future__ import annotations

from dataclasses import dataclass

from escrow.chain import Chain
from escrow.code_check import CodeMismatch
from escrow.parties.corpus_check import CheckedCircuit
from escrow.parties.corpus_listing import Prices
from escrow.parties.predictions.listing import RoundListing, inference_circuit
from escrow.predictions import PredictionEscrow, check_prediction_escrow
from escrow.signers import Signer
from escrow.solc import CompiledVerifier, compile_verifier
from escrow.task_deployment import TaskDeployment, check_task, deploy_task
from proofs.canonical import to_hex
from proofs.commitment.model import ModelCommitment
from proofs.commitment.view_format import ViewFormat
from proofs.errors import ChainError
from proofs.halo2.architecture import Weights
from proofs.halo2.artefacts import build
from proofs.halo2.runner import Progress
from proofs.halo2.task import TaskCircuit


@dataclass(frozen=True, slots=True)
class CheckedRounds:
    """A listing whose escrow and circuit this party has found to be what they must be.

    Args:
        circuit: the inference circuit as rebuilt here, with the contracts found for it.
    """

    listing: RoundListing
    circuit: CheckedCircuit
    escrow: PredictionEscrow

    @property
    def view(self) -> ViewFormat:
        """How the inputs of a round become integers."""
        return self.circuit.circuit.view


def publish_rounds(
    chain: Chain,
    signer: Signer,
    model: ModelCommitment,
    escrow: PredictionEscrow,
    prices: Prices,
    *,
    weights: Weights | None = None,
    known: RoundListing | None = None,
    progress: Progress | None = None,
) -> RoundListing:
    """Provider: put the inference circuit's contracts on chain and describe what is on offer.

    Does only what is missing: contracts found again are used again, so an interrupted run is simply repeated.

    Args:
        model: committed for the signer's address. weights: of a ``fixed`` model, whose weights are public.
        known: an earlier listing; its contracts are used if they are good.

    Raises:
        ChainError: another account's model, and whatever the chain refuses.
    """
    if model.owner != bytes.fromhex(signer.address[2:]):
        raise ChainError(
            f"the model is committed for owner {to_hex(model.owner)}, the account is {signer.address}: "
            "commit it again with --owner"
        )
    check_prediction_escrow(chain, escrow)
    circuit = inference_circuit(model)
    compiled = compile_verifier(build(circuit, weights, progress).verifier_source)
    found = _listed(chain, known, compiled, circuit) or deploy_task(chain, signer, compiled, circuit)
    return RoundListing(chain.chain_id, escrow.address, found.adapter, model, prices)


def check_rounds(
    chain: Chain, listing: RoundListing, *, weights: Weights | None = None, progress: Progress | None = None
) -> CheckedRounds:
    """Either party: rebuild the circuit from its public description and compare everything on chain with it.

    Raises:
        CodeMismatch: a contract is not what our own build gives. RejectedProof: the commitment contradicts itself.
        MissingArtifact: the reference string is not on this machine, that is, not on its allow-list.
        ChainError: another chain, or no contract there.
    """
    if chain.chain_id != listing.chain_id:
        raise ChainError(f"the listing is for chain {listing.chain_id}, this is chain {chain.chain_id}")
    escrow = PredictionEscrow(chain, listing.escrow)
    check_prediction_escrow(chain, escrow)
    circuit = inference_circuit(listing.model)
    artefacts = build(circuit, weights, progress)
    compiled = compile_verifier(artefacts.verifier_source)
    deployment = check_task(chain, listing.adapter, compiled.codehash, circuit)
    return CheckedRounds(listing, CheckedCircuit(circuit, artefacts, deployment), escrow)


def _listed(
    chain: Chain, known: RoundListing | None, compiled: CompiledVerifier, circuit: TaskCircuit
) -> TaskDeployment | None:
    """The contracts an earlier listing names, if they are the circuit's."""
    if known is None or known.chain_id != chain.chain_id:
        return None
    try:
        return check_task(chain, known.adapter, compiled.codehash, circuit)
    except (CodeMismatch, ChainError):
        return None
