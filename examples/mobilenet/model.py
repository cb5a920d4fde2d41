"""The 8-bit MobileNets as JSON (graph, scales) and NPZ (integers), as ``assay/demo/imagenet`` reads them."""

from assay.demo.imagenet.model import LINEAR, POOLS, Constant, Model, Op, Tensor, read, same_pads

__all__ = ["LINEAR", "POOLS", "Constant", "Model", "Op", "Tensor", "read", "same_pads"]
