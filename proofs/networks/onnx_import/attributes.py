"""The attributes whose meaning is known: a node with any other is refused, not guessed at."""

from __future__ import annotations

from proofs.networks.onnx_import.refusal import Refusal
from proofs.networks.onnx_import.step import Step

KNOWN = frozenset(
    "allowzero alpha approximate auto_pad axes axis beta block_size ceil_mode count_include_pad dilations epsilon "
    "gamma group is_test keepdims kernel_shape max min mode name output_dtype pads paddings perm saturate "
    "select_last_index shape spatial split starts ends storage_order strides to training_mode transA transB value "
    "noop_with_empty_axes num_outputs precision "
    # without effect on the result
    "momentum seed ratio consumed_inputs round_mode "
    # scikit-learn's
    "classlabels_int64s classlabels_ints classlabels_strings coefficients intercepts multi_class norm offset "
    "post_transform scale targets".split()
)


def check_attributes(step: Step) -> None:
    """Raise Refusal for an attribute that is not known."""
    for name in step.attributes:
        if name not in KNOWN:
            raise Refusal(f"its attribute '{name[:40]}' is not known")
    if step.integer("spatial", 1) != 1:
        raise Refusal("it normalises by position", "export again, with one mean a channel")
