"""Secret parts of hiding commitments: matrices are made again from their seeds, blocks and all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.tiny_hiding import LOG_COLUMNS, hidden, hiding_subject
from helpers.tiny_models import mlp
from helpers.tiny_sumcheck import CHUNK, Subject, inputs, question, subject

from proofs.errors import InvalidInput
from proofs.sumcheck_backend.committing import Calibration, commit_network
from proofs.sumcheck_backend.example_files import read_examples, write_examples
from proofs.sumcheck_backend.examples import examples_of
from proofs.sumcheck_backend.matrices import commit_weights
from proofs.sumcheck_backend.proving import prove
from proofs.sumcheck_backend.secret_network import read_secret_network, write_secret_network


def test_a_model_read_back_has_its_matrix(tmp_path: Path) -> None:
    own = hidden().model
    write_secret_network(tmp_path / "model.commit", own)
    read = read_secret_network(tmp_path / "model.commit", mlp(0))
    assert read.matrix().root == own.commitment.weights_commitment
    network, weights, log = own.commitment.network, own.weights, own.commitment.log_columns
    others = {commit_weights(network, weights, own.seed, log, block).root for block in (0, 2048)}
    assert len(others | {own.commitment.weights_commitment}) == 3
    for other in (replace(read, seed=bytes(32)), replace(read, commitment=replace(own.commitment, block=0))):
        with pytest.raises(InvalidInput, match="commit it again"):
            other.matrix()


def test_examples_read_back_have_their_matrices(tmp_path: Path) -> None:
    own = hidden()
    write_examples(tmp_path / "data.commit", own.examples, own.data)
    examples, data = read_examples(tmp_path / "data.commit")
    assert data == own.data and examples.block == own.data.block and examples.commitment() == data


def test_entries_are_the_same_whatever_hides_them() -> None:
    own = hidden()
    assert (own.model.matrix().rows == replace_block(own).model.matrix().rows).all()


def replace_block(own: Subject) -> Subject:
    """The same weights committed without a block."""
    commitment, model = own.model.commitment, own.model
    root = commit_weights(commitment.network, model.weights, model.seed, commitment.log_columns).root
    return replace(own, model=replace(model, commitment=replace(commitment, weights_commitment=root, block=0)))


def test_new_commitments_hide_unless_it_is_said_otherwise() -> None:
    x, y = inputs()
    calibration, shape = Calibration(inputs(64, 9)[0]), subject().data.format
    hiding = commit_network(mlp(0), calibration, log_columns=15).secret.commitment
    assert hiding.block == 1 << 14
    assert not commit_network(mlp(0), calibration, log_columns=10, proofs=0).secret.commitment.hiding
    given = {"chunk": CHUNK, "allow_duplicates": True}
    assert examples_of(x, y, shape, 15, public=False, **given)[0].block == 1 << 14
    assert examples_of(x, y, shape, 15, public=False, **given, proofs=0)[0].block == 0
    assert examples_of(x, y, shape, 15, public=True, **given)[0].block == 0
    assert examples_of(x, y, shape, 8, public=True, **given)[0].block == 0
    with pytest.raises(InvalidInput, match="no random blocks of 300"):
        examples_of(x, y, shape, 15, public=True, **given, block=300)
    with pytest.raises(InvalidInput, match="--log-columns 15"):
        commit_network(mlp(0), calibration, log_columns=8)


def test_public_examples_lead_to_the_same_roots_for_everybody() -> None:
    one, two = (hiding_subject(public=True) for _ in range(2))
    assert one.data == two.data and one.examples.public and one.data.hiding
    assert not hidden().examples.public
    other = replace(one.examples, x=one.examples.x + np.int16(1))
    assert not other.public


def test_model_and_examples_hide_both_or_neither() -> None:
    own = hidden()
    x, y = inputs()
    given = {"public": True, "chunk": CHUNK, "allow_duplicates": True}
    plain, _ = examples_of(x, y, own.data.format, LOG_COLUMNS, **given)
    with pytest.raises(InvalidInput, match="the model has a hiding commitment, the examples have an open one"):
        prove(own.model, plain, plain.commitment(), question("score"))
    with pytest.raises(InvalidInput, match="the model has an open commitment, the examples have a hiding one"):
        prove(replace_block(own).model, own.examples, own.data, question("score"))
