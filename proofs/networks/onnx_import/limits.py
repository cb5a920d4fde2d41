"""Bounds on what is read, so that a small file cannot ask for large memory."""

from __future__ import annotations

MAX_MODEL_BYTES = 1 << 30
MAX_VALUES = 1 << 23
"""Entries of one tensor of one example; MobileNet's largest has 1.2 million."""
MAX_WEIGHTS = 1 << 27
"""Entries of one weight array, 1 GiB of float64."""
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
