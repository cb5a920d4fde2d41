"""Random blocks of committed rows: the least that hides what is asked for, and never more opened than they hide."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.tiny_hiding import hidden
from helpers.tiny_sumcheck import subject
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.canonical import canonical_bytes, parse_canonical
from proofs.commitment.model import MAGIC as MODEL_MAGIC
from proofs.container import pack, unpack
from proofs.errors import InvalidInput, MalformedProof
from proofs.sumcheck.ligero.parameters import openings
from proofs.sumcheck_backend.blocks import (
    LEAST_BLOCK,
    block_for_examples,
    block_for_model,
    check_block,
    is_block,
    usable,
)
from proofs.sumcheck_backend.data_commitment import MAGIC as DATA_MAGIC
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.model_commitment import NetworkCommitment

LOGS = st.integers(9, 12)


def test_eighty_proofs_take_half_a_row_of_the_product() -> None:
    assert block_for_model(80, 15) == block_for_examples(80, 15) == 1 << 14
    assert openings(15, 1 << 14) == 86 and usable(15, 1 << 14) == 85
    assert block_for_model(0, 15) == block_for_examples(0, 15) == block_for_model(0, 1) == 0
    assert usable(15, 0) == 0


def test_one_opening_of_a_model_is_kept_for_its_renewal() -> None:
    assert block_for_model(85, 15) == 1 << 14 and block_for_model(86, 15) == 1 << 15
    assert block_for_examples(86, 15) == 1 << 14
    assert (block_for_model(1, 9), block_for_examples(1, 9)) == (512, 256)


@settings(deadline=None, max_examples=50)
@given(LOGS, st.integers(1, 20))
def test_blocks_are_the_least_that_suffice(log_columns: int, proofs: int) -> None:
    try:
        block = block_for_examples(proofs, log_columns)
    except InvalidInput as error:
        most = openings(log_columns, 1 << log_columns)
        assert most < proofs and f"hide {most} proofs at most, not {proofs}" in str(error)
        return
    assert openings(log_columns, block) >= proofs and is_block(block, log_columns)
    assert block == LEAST_BLOCK or openings(log_columns, block // 2) < proofs


@pytest.mark.parametrize(
    ("proofs", "log_columns", "words"),
    [
        (80, 8, r"2\^8 entries hide 0 proofs at most, not 80: choose a smaller --proofs, or --log-columns 15"),
        (4, 10, r"hide 3 proofs at most, not 4: .* or --log-columns 11"),
        (133, 15, r"hide 132 proofs at most, not 133: .* or --log-columns 16"),
        (5000, 15, r"; 1064 are possible with --log-columns 18"),
        (-1, 15, r"--proofs -1: choose 1 or more, or 0"),
    ],
)
def test_more_than_rows_can_hide_is_refused_with_what_is_possible(proofs: int, log_columns: int, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        block_for_model(proofs, log_columns)


@pytest.mark.parametrize(("block", "log_columns"), [(128, 12), (257, 12), (8192, 12), (256, 8), (-256, 12), (1, 12)])
def test_no_rows_have_other_blocks(block: int, log_columns: int) -> None:
    assert not is_block(block, log_columns)
    with pytest.raises(InvalidInput, match="no random blocks"):
        check_block(block, log_columns)


def with_model_block(raw: bytes, block: object) -> bytes:
    """A model commitment that names another block, its digest not mended."""
    (head_name, head), (name, details) = unpack(raw, MODEL_MAGIC, 1, "model")
    spelled = canonical_bytes({**parse_canonical(details, "details"), "block": block})
    return pack(MODEL_MAGIC, 1, [(head_name, head), (name, spelled)])


def with_data_block(raw: bytes, block: object) -> bytes:
    (name, head), roots = unpack(raw, DATA_MAGIC, 1, "data")
    return pack(DATA_MAGIC, 1, [(name, canonical_bytes({**parse_canonical(head, "head"), "block": block})), roots])


HOSTILE = [0, 1, -256, 128, 255, 257, 4097, 8192, 1 << 21, 1 << 70, True, "4096", None, [4096]]


@pytest.mark.parametrize("block", HOSTILE)
def test_hostile_blocks_are_malformed(block: object) -> None:
    own = hidden()
    for raw in (own.model.commitment.to_bytes(), subject().model.commitment.to_bytes()):
        with pytest.raises(MalformedProof):
            NetworkCommitment.from_bytes(with_model_block(raw, block))
    for raw in (own.data.to_bytes(), subject().data.to_bytes()):
        with pytest.raises(MalformedProof):
            DataCommitment.from_bytes(with_data_block(raw, block))


def test_a_block_that_rows_could_have_is_another_commitment() -> None:
    own = hidden()
    model, data = own.model.commitment, own.data
    assert (model.block, data.block) == (4096, 4096) and model.hiding and data.hiding
    assert NetworkCommitment.from_bytes(model.to_bytes()).to_bytes() == model.to_bytes()
    assert DataCommitment.from_bytes(data.to_bytes()) == data
    for block in (0, 2048):
        assert replace(model, block=block).model_id != model.model_id
        assert replace(data, block=block).root != data.root
    with pytest.raises(MalformedProof, match="is not the digest"):
        NetworkCommitment.from_bytes(with_model_block(model.to_bytes(), 2048))
    assert DataCommitment.from_bytes(with_data_block(data.to_bytes(), 2048)).root != data.root


def test_commitments_that_hide_nothing_say_no_word_of_blocks() -> None:
    own = subject()
    assert b"block" not in own.model.commitment.to_bytes() + own.data.to_bytes()
    assert not own.model.commitment.hiding and not own.data.hiding
