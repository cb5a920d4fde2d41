"""Sizes beyond every network that can be proven here, so that a hostile file costs its reader little.

First those of descriptions, then those of ONNX files to be imported, which are met before there is a description.
"""

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
"""Weights and biases of all convolutions: what four bytes each and the files' limit of 256 MiB hold. No array that an
importer makes on the way may be larger, 512 MiB of float64."""

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

# -- ONNX files ----------------------------------------------------------------------------------------------------
MAX_MODEL_BYTES = 1 << 30

MAX_VALUES = 1 << 23
"""Values of one tensor, one example; MobileNet's largest has 1.2 million. Lower than ``MAX_TENSOR``, as an importer
keeps places of values in arrays, and a description does not."""

MAX_SELECTION = 1 << 20
"""Weights of a layer that only picks channels, where there is no other way."""

MAX_STORED = 1 << 24
"""Entries of a computed constant."""

MAX_SIDE = 1 << 15
"""Kernel sides, strides and pads."""

MAX_CLASSES = 1 << 16

OPSETS = range(7, 26)
"""Operator sets whose meaning was compared with onnxruntime; attributes that became inputs are read either way."""

ANY_BATCH = 1_099_511_627_791
"""Stands for the length of an open batch axis in shape arithmetic: a prime no product of real sides gives."""
