"""Sizes beyond every network that can be proven here, so that a hostile description costs its reader little."""

from __future__ import annotations

MAX_NODES = 1 << 12
MAX_TABLES = 1 << 12
MAX_TERMS = 1 << 10
"""Terms of one node."""

MAX_ALL_TERMS = 1 << 15
"""Terms of all nodes."""

MAX_AXIS = 1 << 17
"""Extent of an axis of a tensor, stride and kernel."""

MAX_PAD = 1 << 12
"""Indices beyond either edge of an axis that a window may read."""

MAX_TENSOR = 1 << 26
"""Values of one tensor, one example."""

MAX_TENSORS = 1 << 28
"""Values of all tensors, one example."""

MAX_MACS = 1 << 40
"""Multiplications, one example: a thousand times those of ResNet-152's."""

MAX_WEIGHTS = 1 << 26
"""Weights and biases of all convolutions: what four bytes each and the files' limit of 256 MiB hold."""

MAX_LISTED = 1 << 16
"""Entries of all listed tables: importers make them of 2^12 at most."""

VALUE_LOW, VALUE_HIGH = -(1 << 15), (1 << 15) - 1
"""Every tensor's values fit 16 bits."""

MAX_DESCRIPTION = 8 << 20
"""Bytes of a description: what the longest listed tables take."""

MAX_NUMBER = (1 << 30) - 1
"""Size of multipliers, table bounds and other integers of a description: below half the field's prime, so that no two
of them, and none and zero, are the same element."""

ACCUMULATOR = 1 << 30
"""Accumulators stay below this in size: then acc + 2^(k-1) lies strictly between -p/2 and p/2 for every shift."""

EXACT = 1 << 53
"""Doubles hold every integer up to this size."""
