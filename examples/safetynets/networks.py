"""The square networks and their ReLU twins in torch, with weights rounded to the integers they will run as.

A network is a stack of linear maps (5x5 convolutions or dense) with an activation after each but the last; after a
convolution's activation comes a 2x2 pool. Rounding is straight-through: the forward pass sees
``round(w * grid) / grid``, the gradient passes as if it had not been rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

POOL_AREA = 4  # a 2x2 average pool is a sum of four in integers
KERNEL = 5


@dataclass(frozen=True, slots=True)
class Shape:
    """Convolutions' channels (first: the input's) and dense widths (first: the flattened input's)."""

    channels: tuple[int, ...]
    widths: tuple[int, ...]


CNN_2 = Shape((1, 16, 32), (512, 10))
FCNN_3 = Shape((), (1845, 2000, 2000, 2000, 10))


def round_through(values: Tensor) -> Tensor:
    """Round to nearest; the gradient passes unchanged."""
    return values + (torch.round(values) - values).detach()


def to_levels(inputs: Tensor, alpha: int) -> Tensor:
    """The input as the integer network sees it: floor(alpha * x + 1/2) / alpha."""
    return torch.floor(inputs * alpha + 0.5) / alpha


class Stack(nn.Module):
    """Linear maps with an activation between; ``square`` is the paper's, ``relu`` its baseline with max pooling."""

    def __init__(self, shape: Shape, activation: str, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape, self.activation, self.dropout = shape, activation, dropout
        sizes = [(out, into, KERNEL, KERNEL) for into, out in pairwise(shape.channels)]
        self.convolutions = len(sizes)
        dense = [(out, into) for into, out in pairwise(shape.widths)]
        self.weights = nn.ParameterList(torch.empty(size) for size in [*sizes, *dense])
        self.biases = nn.ParameterList(torch.zeros(size[0]) for size in [*sizes, *dense])
        for weight in self.weights:
            nn.init.kaiming_normal_(weight)
        self.alpha = 0  # levels of the input; 0 until ``set_scales`` is called and weights are rounded
        self.scales: list[Tensor] = []  # per layer and output: integer pre-activation over real pre-activation

    def set_scales(self, alpha: int, scales: list[Tensor]) -> None:
        """Round from now on, with these scales of the pre-activations (float64, one value an output)."""
        self.alpha, self.scales = alpha, scales
        self.grids = [self.grid(layer) for layer in range(len(self.weights))]

    def get_extra_state(self) -> dict[str, int | list[Tensor]]:
        """The scales are part of a checkpoint: weights mean nothing without them."""
        return {"alpha": self.alpha, "scales": self.scales}

    def set_extra_state(self, state: dict[str, int | list[Tensor]]) -> None:
        """Round again as when the checkpoint was written."""
        if state["alpha"]:
            self.set_scales(state["alpha"], state["scales"])

    def input_scale(self, layer: int) -> Tensor:
        """Scale of each input of a layer: alpha, or the squared scale of the layer below times the pool's area."""
        if layer == 0:
            return torch.full((self.weights[0].shape[1],), float(self.alpha), dtype=torch.float64)
        below = self.scales[layer - 1] ** 2 * (POOL_AREA if layer <= self.convolutions else 1)
        return below.repeat_interleave(self.weights[layer].shape[1] // len(below))

    def grid(self, layer: int) -> Tensor:
        """What a real weight is multiplied by to become an integer, in the shape of the weights."""
        ratio = self.scales[layer][:, None] / self.input_scale(layer)[None, :]
        return ratio.reshape(*ratio.shape, *[1] * (self.weights[layer].dim() - 2)).float()

    def integers(self, layer: int) -> Tensor:
        """Weights of one layer as integers, straight-through."""
        return round_through(self.weights[layer] * self.grids[layer])

    def weight(self, layer: int) -> Tensor:
        """Weights of one layer as the forward pass uses them."""
        return self.integers(layer) / self.grids[layer] if self.alpha else self.weights[layer]

    def linear(self, layer: int, value: Tensor) -> Tensor:
        """One linear map."""
        if layer < self.convolutions:
            return functional.conv2d(value, self.weight(layer), self.biases[layer])
        if layer == self.convolutions:
            value = value.flatten(1)
        value = functional.dropout(value, self.dropout, self.training and layer > 0)
        return functional.linear(value, self.weight(layer), self.biases[layer])

    def activate(self, layer: int, value: Tensor) -> Tensor:
        """Activation, and the pool after a convolution."""
        if self.activation == "relu":
            value = torch.relu(value)
            return functional.max_pool2d(value, 2) if layer < self.convolutions else value
        value = value * value
        return functional.avg_pool2d(value, 2) if layer < self.convolutions else value

    def forward(self, value: Tensor) -> Tensor:
        """Logits (N, classes)."""
        last = len(self.weights) - 1
        for layer in range(last):
            value = self.activate(layer, self.linear(layer, value))
        return self.linear(last, value)

    @torch.no_grad()
    def prune(self, fan_in: int) -> None:
        """Keep each output's ``fan_in`` largest weights; the others stay zero in all training that follows."""
        for weight in self.weights:
            flat = weight.abs().flatten(1)
            kept = flat.topk(min(fan_in, flat.shape[1]), dim=1).indices
            mask = torch.zeros_like(flat).scatter_(1, kept, 1.0).reshape(weight.shape)
            weight.mul_(mask)
            weight.register_hook(mask.mul)

    @torch.no_grad()
    def settle(self, value: Tensor) -> None:
        """Scale every layer so that on these inputs its pre-activations have variance 1 (and logits 1)."""
        last = len(self.weights) - 1
        self.eval()
        for layer in range(last + 1):
            found = self.linear(layer, value)
            spread = found.std()
            self.weights[layer] /= spread
            self.biases[layer] /= spread
            if layer < last:
                value = self.activate(layer, self.linear(layer, value))
        self.train()
