"""Putting a corpus on sale, and the other side's check: every circuit rebuilt, every contract compared by its code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from escrow.chain import Chain
from escrow.code_check import CodeMismatch
from escrow.parties.corpus_listing import CorpusListing, Prices, require_tasks
from escrow.retrieval import RetrievalEscrow
from escrow.retrieval_check import check_retrieval_escrow
from escrow.signers import Signer
from escrow.solc import CompiledVerifier, compile_verifier
from escrow.task_deployment import TaskDeployment, check_task, deploy_task
from proofs.canonical import to_hex
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.model import ModelCommitment
from proofs.errors import ChainError, InvalidInput
from proofs.halo2.architecture import Weights
from proofs.halo2.artefacts import Artefacts, build
from proofs.halo2.runner import Progress
from proofs.halo2.task import RETRIEVAL_CLASS, RETRIEVAL_THRESHOLD, TaskCircuit
from proofs.halo2.verifier import check_commitment
from proofs.predicate import CLASS, Predicate
from protocols.retrieval.terms import RetrievalTerms


@dataclass(frozen=True, slots=True)
class CheckedCircuit:
    """A task's circuit as this party rebuilt it, and its contracts as it found them."""

    circuit: TaskCircuit
    artefacts: Artefacts
    deployment: TaskDeployment

    @property
    def vk_digest(self) -> bytes:
        """sha-256 of our own verifying key."""
        return bytes.fromhex(self.artefacts.vk_sha256)

    @property
    def settings_digest(self) -> bytes:
        """sha-256 of our own settings."""
        return hashlib.sha256(self.artefacts.settings.read_bytes()).digest()

    def shape_problem(self, terms: RetrievalTerms) -> str | None:
        """Why no proof of this circuit could satisfy ``terms``; None when they describe it."""
        circuit = self.circuit
        found = (terms.verifier, terms.outputs, terms.scale_bits)
        wanted = (self.deployment.adapter, circuit.outputs, circuit.scale_bits)
        if found == wanted:
            return None
        return f"the terms ask for (verifier, outputs, scale bits) {found}, the circuit has {wanted}"


@dataclass(frozen=True, slots=True)
class CheckedCorpus:
    """A listing whose escrow and circuits this party has found to be what they must be."""

    listing: CorpusListing
    circuits: Mapping[str, CheckedCircuit]
    escrow: RetrievalEscrow

    def circuit_of(self, predicate: Predicate) -> CheckedCircuit:
        """The circuit that decides ``predicate``. Raises InvalidInput when the listing does not offer it."""
        task = task_of(predicate)
        if task not in self.circuits:
            raise InvalidInput(f"predicates of kind '{predicate.kind}' are not on offer; {sorted(self.circuits)} are")
        return self.circuits[task]


def task_of(predicate: Predicate) -> str:
    """The retrieval task that decides a predicate."""
    return RETRIEVAL_CLASS if predicate.kind == CLASS else RETRIEVAL_THRESHOLD


def publish_corpus(
    chain: Chain,
    signer: Signer,
    model: ModelCommitment,
    corpus: CorpusCommitment,
    escrow: RetrievalEscrow,
    prices: Prices,
    tasks: Iterable[str] = (RETRIEVAL_CLASS,),
    *,
    weights: Weights | None = None,
    known: CorpusListing | None = None,
    progress: Progress | None = None,
) -> CorpusListing:
    """Responder: put the circuits' contracts on chain and describe what is for sale.

    Does only what is missing: contracts found again are used again, so an interrupted run is simply repeated.

    Args:
        model: committed for the signer's address. weights: of a ``fixed`` model, whose weights are public.
        tasks: kinds of predicate to offer. known: an earlier listing; its contracts are used if they are good.

    Raises:
        ChainError: another account's model, and whatever the chain refuses.
        InvalidInput: the corpus does not fit the model.
    """
    if model.owner != bytes.fromhex(signer.address[2:]):
        raise ChainError(
            f"the model is committed for owner {to_hex(model.owner)}, the account is {signer.address}: "
            "commit it again with --owner"
        )
    check_retrieval_escrow(chain, escrow)
    adapters = {}
    for task in require_tasks(tasks):
        circuit = TaskCircuit(check_commitment(model), task, corpus.format)
        compiled = compile_verifier(build(circuit, weights, progress).verifier_source)
        adapters[task] = _listed(chain, known, compiled, circuit) or deploy_task(chain, signer, compiled, circuit)
    places = {task: deployment.adapter for task, deployment in adapters.items()}
    return CorpusListing(chain.chain_id, escrow.address, places, model, corpus, prices)


def check_corpus(
    chain: Chain,
    listing: CorpusListing,
    tasks: Iterable[str] | None = None,
    *,
    weights: Weights | None = None,
    progress: Progress | None = None,
) -> CheckedCorpus:
    """Either party: rebuild the circuits from their public description and compare everything on chain with them.

    Args:
        tasks: those to check, all that are listed if None; none at all will do for a random sample.

    Raises:
        CodeMismatch: a contract is not what our own build gives. RejectedProof: the commitment contradicts itself.
        MissingArtifact: the reference string is not on this machine, that is, not on its allow-list.
        InvalidInput: a task that is not listed, or a corpus that does not fit the model.
        ChainError: another chain, or no contract there.
    """
    if chain.chain_id != listing.chain_id:
        raise ChainError(f"the listing is for chain {listing.chain_id}, this is chain {chain.chain_id}")
    escrow = RetrievalEscrow(chain, listing.escrow)
    check_retrieval_escrow(chain, escrow)
    circuits = {}
    for task in require_tasks(listing.adapters if tasks is None else tasks):
        if task not in listing.adapters:
            raise InvalidInput(f"'{task}' is not on offer, {sorted(listing.adapters)} is; ask the responder for it")
        circuit = TaskCircuit(check_commitment(listing.model), task, listing.corpus.format)
        artefacts = build(circuit, weights, progress)
        compiled = compile_verifier(artefacts.verifier_source)
        deployment = check_task(chain, listing.adapters[task], compiled.codehash, circuit)
        circuits[task] = CheckedCircuit(circuit, artefacts, deployment)
    return CheckedCorpus(listing, circuits, escrow)


def _listed(
    chain: Chain, known: CorpusListing | None, compiled: CompiledVerifier, circuit: TaskCircuit
) -> TaskDeployment | None:
    """The contracts an earlier listing names, if they are the circuit's."""
    if known is None or known.chain_id != chain.chain_id or circuit.task not in known.adapters:
        return None
    try:
        return check_task(chain, known.adapters[circuit.task], compiled.codehash, circuit)
    except (CodeMismatch, ChainError):
        return None
