"""Views made into whole tensors where an operator needs one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from proofs.networks.graph import FloatCombination, FloatConvolution, FloatTerm
from proofs.networks.limits import MAX_SELECTION
from proofs.networks.network import Shape3
from proofs.networks.onnx_import.builder import Builder
from proofs.networks.onnx_import.refusal import Refusal, UnknownInput
from proofs.networks.onnx_import.step import Step
from proofs.networks.onnx_import.view import Crop, Positions, View, in_order, separate

ORDER = "it reads values in an order that is no image of the layer before"
ORDER_WAY = "keep [batch, channels, height, width] between layers; reshape and transpose only around Flatten"


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A tensor, and which of its channels in which order; None: all, in order."""

    tensor: int
    channels: Positions | None


def image_shape(view: View, tensor: Shape3) -> Shape3:
    """(C, H, W) of a view of an image; a signal (C, L) lies along the axis its tensor has."""
    if len(view.shape) == 3:
        return view.shape[0], view.shape[1], view.shape[2]
    if len(view.shape) == 2:
        channels, length = view.shape
        return (channels, length, 1) if tensor[2] == 1 else (channels, 1, length)
    raise Refusal(f"it reads {1 + len(view.shape)} axes", "reshape to [batch, channels, height, width]")


def image(builder: Builder, name: str, view: View) -> Image:
    """The tensor a view (C, H, W) of an image is, cropped if it is a part of one."""
    tensor = builder.shapes[view.tensor]
    shape = image_shape(view, tensor)
    if view.index is None and shape == tensor:
        return Image(view.tensor, None)
    crop = separate(view.positions().reshape(shape), tensor)
    if crop is None:
        raise UnknownInput if view.tensor in builder.guessed else Refusal(ORDER, ORDER_WAY)
    part = view.tensor
    if shape[1:] != tensor[1:] or crop.step != (1, 1):
        part = _crop(builder, name, view.tensor, crop, (tensor[0], shape[1], shape[2]))
    every = in_order(crop.channels, tensor[0])
    return Image(part, None if every else crop.channels)


def _crop(builder: Builder, name: str, tensor: int, crop: Crop, shape: Shape3) -> int:
    before = (-crop.first[0], -crop.first[1])
    return builder.add(FloatCombination((FloatTerm(tensor, 1.0, (1, 1), crop.step, before),), shape), shape, name)


def whole_image(builder: Builder, name: str, view: View) -> int:
    """As ``image``, with channels picked by a layer of their own where they must be."""
    found = image(builder, name, view)
    if found.channels is None:
        return found.tensor
    channels, height, width = builder.shapes[found.tensor]
    pick = _selection(found.channels, channels)
    op = FloatConvolution(found.tensor, pick[:, :, None, None], np.zeros(len(pick)), (1, 1), (0, 0, 0, 0), 1)
    return builder.add(op, (len(pick), height, width), name)


def whole(builder: Builder, step: Step, position: int = 0) -> View:
    """What a node reads, as a view of every entry of a tensor, each once."""
    view = builder.view(step, position)
    shape = builder.shapes[view.tensor]
    if view.index is None or is_permutation(view.index, math.prod(shape)):
        return view
    if len(view.shape) == 1:
        return View(vector(builder, step.name, view), view.shape)
    return View(whole_image(builder, step.name, view), view.shape)


def is_permutation(index: Positions, total: int) -> bool:
    """Whether every place is there once."""
    return index.size == total and bool((np.bincount(index.reshape(-1), minlength=total) == 1).all())


def vector(builder: Builder, name: str, view: View) -> int:
    """The tensor (n, 1, 1) of a view (n,), by a layer of its own where the values lie otherwise."""
    shape = builder.shapes[view.tensor]
    if view.index is None and shape == (math.prod(shape), 1, 1):
        return view.tensor
    pick = _selection(view.positions().reshape(-1), math.prod(shape))
    op = FloatConvolution(view.tensor, pick.reshape(-1, *shape), np.zeros(len(pick)), (1, 1), (0, 0, 0, 0), 1)
    return builder.add(op, (len(pick), 1, 1), name)


def _selection(places: Positions, total: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    if len(places) * total > MAX_SELECTION:
        raise Refusal(ORDER, ORDER_WAY)
    pick = np.zeros((len(places), total))
    pick[np.arange(len(places)), places] = 1
    return pick
