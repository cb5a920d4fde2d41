"""The deployed judge against Python: every fault ``open_delivery`` reports is upheld, honest openings are not."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import Any

import pytest
from helpers.dishonest_corpus import (
    JOB,
    KEY,
    KEY_HASH,
    RESPONDER,
    VIEW_CHEATS,
    StepChange,
    forged,
    honest_corpus,
)
from web3 import HTTPProvider, Web3

from escrow.anvil import Anvil
from escrow.artifacts import load
from proofs.commitment.corpus import Corpus
from proofs.commitment.delivery import Delivery, build_delivery
from proofs.commitment.delivery_open import ChunkFault, ViewFault, open_delivery
from proofs.commitment.openings import NO_STEP, ChunkOpening, CipherOpening, StepOpening

SELECTED = [1, 3, 5]


@pytest.fixture(scope="module")
def judge(anvil: Anvil) -> Any:
    web3 = Web3(HTTPProvider(anvil.url))
    artifact = load("DocumentJudge")
    deploy = web3.eth.contract(abi=artifact.abi, bytecode=artifact.bytecode).constructor()
    receipt = web3.eth.wait_for_transaction_receipt(deploy.transact({"from": web3.eth.accounts[0]}))
    return web3.eth.contract(receipt["contractAddress"], abi=artifact.abi).functions


def upheld(judge: Any, fault: ChunkFault | ViewFault, corpus: Corpus, delivery: Delivery) -> bool:
    """What the contract answers."""
    commitment = corpus.commitment
    committed = (commitment.root, commitment.format.digest, commitment.total, commitment.format.batch)
    document = astuple(fault.document)
    if isinstance(fault, ChunkFault):
        sent = (JOB, KEY, delivery.ciphertext_root, delivery.chunk_count)
        return judge.badDecryption(committed, sent, document, astuple(fault.chunk), astuple(fault.cipher)).call()
    return judge.badView(committed, document, astuple(fault.step), astuple(fault.next)).call()


def opened_fault(corpus: Corpus, delivery: Delivery) -> ChunkFault | ViewFault:
    fault = open_delivery(delivery, corpus.commitment, JOB, RESPONDER, KEY, KEY_HASH).complaint
    assert fault is not None
    return fault


@pytest.mark.parametrize(("number", "change", "kind", "step"), VIEW_CHEATS)
def test_view_faults_are_upheld(judge: Any, number: int, change: StepChange, kind: str, step: int) -> None:
    corpus, delivery = forged(3, number, change)
    fault = opened_fault(corpus, delivery)
    assert isinstance(fault, ViewFault) and fault.kind == kind and fault.step.chunk == step
    assert upheld(judge, fault, corpus, delivery)


@pytest.mark.parametrize(("place", "number"), [(0, 0), (0, 2), (1, 1), (1, 3), (2, 0), (2, 2)])
def test_chunk_faults_are_upheld(judge: Any, place: int, number: int) -> None:
    corpus = honest_corpus()
    parcels = list(build_delivery(corpus, SELECTED, JOB, KEY).parcels)
    texts = list(parcels[place].ciphertexts)
    texts[number] = texts[number][:-1] + bytes([texts[number][-1] ^ 1])
    parcels[place] = replace(parcels[place], ciphertexts=tuple(texts))
    delivery = Delivery(tuple(parcels))
    fault = opened_fault(corpus, delivery)
    assert isinstance(fault, ChunkFault) and upheld(judge, fault, corpus, delivery)


def test_honest_deliveries_are_not_complained_about(judge: Any) -> None:
    corpus = honest_corpus()
    delivery = build_delivery(corpus, SELECTED, JOB, KEY)
    position = 0
    for parcel, chunks in zip(delivery.parcels, corpus.chunks(SELECTED), strict=True):
        for number, text in enumerate(parcel.ciphertexts):
            chunk = ChunkOpening(number, parcel.digests[number], parcel.tree.batch_path(number, 1))
            cipher = CipherOpening(position, text, delivery.tree.batch_path(position, 1))
            assert not upheld(judge, ChunkFault(parcel.opening, chunk, cipher), corpus, delivery)
            position += 1
        steps = [StepOpening(n, chunks[n], parcel.tree.batch_path(n, 1)) for n in range(parcel.view_steps)]
        for step, following in zip(steps, [*steps[1:], NO_STEP], strict=True):
            assert not upheld(judge, ViewFault("", parcel.opening, step, following), corpus, delivery)
