"""The hidden part of an integer network: one weight array and one bias a convolution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class NodeWeights:
    """Secret. weight: int32 (outputs, C / groups, kh, kw). bias: int32 (outputs,), |b| < 2^30."""

    weight: NDArray[np.int32]
    bias: NDArray[np.int32]


Weights = dict[int, NodeWeights]
"""By index of the node; exactly the convolutions have an entry. Secret."""
