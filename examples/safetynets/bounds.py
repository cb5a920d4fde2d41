"""What no input of the declared box can exceed, for integers (exact) and for training (differentiable).

Interval arithmetic: a linear map gives hi = b + sum max(w * lo, w * hi) and lo likewise, a square gives
[0 or the smaller end squared, the larger end squared], a sum pool multiplies by its area. The result holds for every
input in the box, so a verifier needs to look at the weights only once and at no value in between.
"""

from __future__ import annotations

import torch
from torch import Tensor

from examples.safetynets.networks import POOL_AREA, Stack


def bound_bits(model: Stack, low: int, high: int) -> Tensor:
    """log2 of the largest magnitude of each logit as an integer, differentiable in the weights (float64)."""
    lows, highs = (torch.full((model.weights[0].shape[1],), float(end), dtype=torch.float64) for end in (low, high))
    last = len(model.weights) - 1
    for layer in range(last + 1):
        weights = model.integers(layer).double()
        if weights.dim() == 4:
            up, down = weights.clamp(min=0).sum((2, 3)), weights.clamp(max=0).sum((2, 3))
        else:
            up, down = weights.clamp(min=0), weights.clamp(max=0)
        bias = model.biases[layer].double() * model.scales[layer]
        lows, highs = bias + up @ lows + down @ highs, bias + up @ highs + down @ lows
        if layer < last:
            lows, highs = square(lows, highs)
            if layer < model.convolutions:
                lows, highs = lows * POOL_AREA, highs * POOL_AREA
            if layer == model.convolutions - 1:
                each = model.weights[layer + 1].shape[1] // len(lows)
                lows, highs = lows.repeat_interleave(each), highs.repeat_interleave(each)
    return torch.log2(torch.maximum(lows.abs(), highs.abs()))


def square(lows: Tensor, highs: Tensor) -> tuple[Tensor, Tensor]:
    """Ends of the squares of [low, high]."""
    first, second = lows**2, highs**2
    least = torch.where((lows <= 0) & (highs >= 0), torch.zeros_like(first), torch.minimum(first, second))
    return least, torch.maximum(first, second)
