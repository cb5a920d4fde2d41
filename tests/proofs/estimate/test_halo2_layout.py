"""Rows counted, where laying out takes too long, beside rows laid out."""

from __future__ import annotations

import pytest
from helpers.tiny_models import mlp

from proofs.commitment.input_format import InputFormat
from proofs.halo2 import layout
from proofs.halo2.architecture import split_model
from proofs.halo2.commit import CommitOptions, choose_parameters
from proofs.onnx_check import check_model


def lay_out(onnx: bytes, shape: InputFormat, options: CommitOptions) -> layout.Layout:
    return layout.lay_out(onnx, split_model(onnx)[0], check_model(onnx).macs, shape, options)


@pytest.mark.parametrize("binding", ["polycommit", "hashed", "fixed"])
@pytest.mark.parametrize(("sizes", "batch"), [((8, 4, 3), 2), ((16, 512, 64, 4), 1)])
def test_counted_rows_are_nearly_those_laid_out(
    sizes: tuple[int, ...], batch: int, binding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    onnx, shape = mlp(0, sizes), InputFormat((sizes[0],), 7, sizes[-1], batch)
    options = CommitOptions(binding=binding)
    real = lay_out(onnx, shape, options)
    assert not real.counted
    monkeypatch.setattr(layout, "COUNTED_FROM" if batch > 1 else "LAID_OUT_BATCH", 0)
    monkeypatch.setattr(layout, "draft_settings", None)  # nothing is laid out
    counted = lay_out(onnx, shape, options)
    assert counted.counted
    assert abs(counted.rows - max(real.rows, 16384)) < 0.03 * counted.rows


def test_the_layout_is_that_of_a_commitment() -> None:
    onnx, shape, options = mlp(0), InputFormat((8,), 7, 3, 2), CommitOptions()
    chosen, found = choose_parameters(split_model(onnx)[0], shape, options), lay_out(onnx, shape, options)
    assert (found.base, found.legs, found.logrows) == (chosen.base, chosen.legs, chosen.logrows)


def test_values_taken_apart_are_counted_for_one_example() -> None:
    assert layout.signs(mlp(0, (8, 4, 3))) == 4
    assert layout.signs(mlp(0, (16, 512, 64, 4))) == 576
