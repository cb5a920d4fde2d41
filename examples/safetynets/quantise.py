"""From trained weights to integers: choose scales, price the static bound during training, read the integers off."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from examples.safetynets.bounds import bound_bits
from examples.safetynets.integers import IntegerNetwork, Linear, whole_bias
from examples.safetynets.networks import POOL_AREA, Stack


@dataclass(frozen=True, slots=True)
class Budget:
    """Input levels low..high at scale alpha, mean integer magnitudes of the nonzero weights, and the bound in bits."""

    alpha: int
    low: int
    high: int
    magnitudes: tuple[float, ...]
    bits: float
    strength: float = 0.05

    def penalty(self, model: Stack) -> Tensor:
        """Grows with each bit a logit's static bound is over the budget."""
        return self.strength * torch.relu(bound_bits(model, self.low, self.high) - self.bits).sum().float()


@torch.no_grad()
def choose_scales(model: Stack, budget: Budget) -> None:
    """Per channel, so that its integers have the wished mean magnitude; one scale for all logits keeps their order."""
    model.alpha, model.scales = budget.alpha, []
    last = len(model.weights) - 1
    for layer, magnitude in enumerate(budget.magnitudes):
        weight = model.weights[layer].detach().double()
        source = model.input_scale(layer).reshape(1, -1, *[1] * (weight.dim() - 2))
        units = (weight / source).abs().flatten(1)
        units = units.sum(1) / (units > 0).sum(1).clamp(min=1)
        if layer == last:
            units = units.mean().expand(len(units))
        model.scales.append(magnitude / units)
    model.set_scales(budget.alpha, model.scales)


@torch.no_grad()
def read_off(model: Stack, budget: Budget) -> IntegerNetwork:
    """The integer network. Channel scales disappear in the integers; each beta is the power of two nearest to them."""
    layers: list[Linear] = []
    scale = budget.alpha
    for layer, (weight, bias) in enumerate(zip(model.weights, model.biases, strict=True)):
        wished = float(torch.log2(model.scales[layer]).mean())
        beta = 2 ** max(0, round(wished - math.log2(scale)))
        scale *= beta
        real = (bias.double() * model.scales[layer] / float(scale)).numpy().astype(np.float32)
        weights = torch.round(weight * model.grids[layer]).long().numpy()
        layers.append(Linear(weights, whole_bias(real, scale), beta))
        scale = scale**2 * (POOL_AREA if layer < model.convolutions else 1)
    return IntegerNetwork(tuple(layers), budget.alpha, budget.low, budget.high)
