"""Squares, sums of two tensors, and stored numbers added or multiplied: Mul, Pow, Add, Sub, Div, BatchNormalization."""

from __future__ import annotations

import numpy as np

from proofs.onnx_check.view import Node
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.onnx_import.builder import Builder, Refusal

ONLY_SQUARES = "use Mul of a tensor with itself, Add, or stored numbers"


def multiply(builder: Builder, node: Node) -> None:
    """x x is a square; x times stored numbers is folded."""
    for x, other in ((0, 1), (1, 0)):
        if builder.is_stored(node, other):
            factors = builder.by_channel(builder.stored(node, other, "factor"), builder.shape(node, x))
            builder.affine(node, x, factors, np.zeros_like(factors))
            return
    if builder.tensor(node, 0) != builder.tensor(node, 1):
        raise Refusal("it multiplies two different tensors", ONLY_SQUARES)
    builder.emit(node, Square(builder.shape(node)), builder.tensor(node))


def divide(builder: Builder, node: Node) -> None:
    """x over stored numbers."""
    if not builder.is_stored(node, 1):
        raise Refusal("it divides by computed values", ONLY_SQUARES)
    divisors = builder.by_channel(builder.stored(node, 1, "divisor"), builder.shape(node))
    if not divisors.all():
        raise Refusal("it divides by zero", "train again: such a model computes nothing")
    builder.affine(node, 0, 1 / divisors, np.zeros_like(divisors))


def power(builder: Builder, node: Node) -> None:
    """x^2 only."""
    exponent = builder.stored(node, 1, "exponent")
    if exponent.size != 1 or float(exponent.reshape(-1)[0]) != 2.0:
        raise Refusal("it raises to another power than 2", "use squares: x^4 is a square of a square")
    builder.emit(node, Square(builder.shape(node)), builder.tensor(node))


def add(builder: Builder, node: Node) -> None:
    """x + y, or stored numbers added to x."""
    _sum(builder, node, 1)


def subtract(builder: Builder, node: Node) -> None:
    """x - y, x minus stored numbers, or those minus x."""
    _sum(builder, node, -1)


def batch_normalisation(builder: Builder, node: Node) -> None:
    """scale (x - mean) / sqrt(variance + epsilon) + shift, by channel."""
    if node.integer("training_mode", 0):
        raise Refusal("it is in training mode, which mixes the examples", "export for inference (model.eval())")
    shape = builder.shape(node)
    names = ("scale", "shift", "mean", "variance")
    scale, shift, mean, variance = (builder.stored(node, i, name) for i, name in enumerate(names, 1))
    if any(values.shape != (shape[0],) for values in (scale, shift, mean, variance)):
        raise Refusal(f"its stored numbers are not one for each of {shape[0]} channels", "export the model again")
    epsilon = node.attributes.get("epsilon", 1e-5)
    spread = variance + (epsilon if isinstance(epsilon, float) else 0.0)
    if not (spread > 0).all():
        raise Refusal("its variance is not positive", "train again: such a model computes nothing")
    factors = scale / np.sqrt(spread)
    builder.affine(node, 0, factors, shift - mean * factors)


def _sum(builder: Builder, node: Node, sign: int) -> None:
    for x, other in ((0, 1), (1, 0)):
        if builder.is_stored(node, other):
            offsets = builder.by_channel(builder.stored(node, other, "addend"), builder.shape(node, x))
            ones = np.ones_like(offsets)
            # x + c, x - c, or c - x
            builder.affine(node, x, *((ones * sign, offsets) if x == 1 else (ones, sign * offsets)))
            return
    first, second = builder.shape(node, 0), builder.shape(node, 1)
    if first != second:
        raise Refusal(f"it adds tensors of shapes {first} and {second}", "reshape both to one shape")
    builder.emit(node, Add(first, (1, sign)), builder.tensor(node, 0), builder.tensor(node, 1))
