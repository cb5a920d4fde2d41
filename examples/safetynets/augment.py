"""Random warps of digit images: shift, rotation, scale, shear and a smooth elastic field, one bilinear resampling."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

SIDE = 28


@dataclass(frozen=True, slots=True)
class Warp:
    """Strengths: shift in pixels, rotation in degrees, scale and shear as fractions, elastic displacement in pixels."""

    shift: float = 1.5
    degrees: float = 9.0
    scale: float = 0.10
    shear: float = 0.12
    elastic: float = 0.7
    untouched: float = 0.15  # share of images left as they are

    def times(self, factor: float) -> Warp:
        """The same warp, weaker or stronger."""
        strengths = (self.shift, self.degrees, self.scale, self.shear, self.elastic)
        return Warp(*(value * factor for value in strengths), untouched=self.untouched)


def warp_batch(images: Tensor, warp: Warp) -> Tensor:
    """Warp float images (N, 1, 28, 28) in [0, 1], each in its own way."""
    count = len(images)

    def draw(limit: float) -> Tensor:
        return (torch.rand(count) * 2 - 1) * limit

    angle, shear = draw(math.radians(warp.degrees)), draw(warp.shear)
    wide, high = 1 + draw(warp.scale), 1 + draw(warp.scale)
    cos, sin = torch.cos(angle), torch.sin(angle)
    first = torch.stack([cos * wide, (shear - sin) * high, draw(warp.shift * 2 / SIDE)], 1)
    second = torch.stack([sin * wide, cos * high, draw(warp.shift * 2 / SIDE)], 1)
    grid = functional.affine_grid(torch.stack([first, second], 1), [count, 1, SIDE, SIDE], align_corners=False)
    field = functional.interpolate(torch.randn(count, 2, 6, 6), size=(SIDE, SIDE), mode="bicubic", align_corners=True)
    grid = grid + field.permute(0, 2, 3, 1) * (warp.elastic * 2 / SIDE)
    moved = functional.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    keep = torch.rand(count, 1, 1, 1) < warp.untouched
    return torch.where(keep, images, moved)
