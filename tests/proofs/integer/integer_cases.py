"""A case for every operator and every way a constant can be rounded, and random graphs of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from integer_kit import Case, Graph

RNG = np.random.default_rng(3)
BIAS = [0.03, 0.1, -0.22]
MATRIX = [[0.5, 0.26, -0.1], [1.0, 2.0, 3.3], [-0.7, 0.4, 0.01]]
Body = Callable[[Graph], str]


def case(name: str, body: Body, shape: tuple[int, ...] = (3,), classes: int = 3, opset: int = 17) -> Case:
    graph = Graph(shape, opset)
    features = int(np.prod(shape))
    raw = np.array([[0] * features, range(-2, features - 2), RNG.integers(-90, 90, features)], dtype=np.int64)
    return Case(name, graph.onnx(body(graph), classes), shape, classes, raw)


def product(g: Graph, scale: float = 1.0) -> str:
    return str(g.add("MatMul", "x", g.put(np.array(MATRIX) * scale)))


def shared(g: Graph, *, first: list[float], second: list[float]) -> str:
    return str(g.add("Add", g.add("Add", product(g), g.put(first)), g.put(second)))


def chain_sum(g: Graph, first: bool) -> str:
    square = g.add("Mul", "x", "x")
    bias = g.put(BIAS)
    return str(g.add("Sum", bias, "x", square) if first else g.add("Sum", square, "x", bias))


def flat(g: Graph, tensor: str) -> str:
    return str(g.add("Flatten", tensor))


def conv(g: Graph, kernel: list[int], bias: bool = True, **attributes: object) -> str:
    weights = g.put(np.random.default_rng(len(kernel)).normal(size=kernel))
    inputs = [g.put(np.linspace(-0.22, 0.4, kernel[0]))] if bias else []
    return str(g.add("Conv", "x", weights, *inputs, **({"strides": [1] * (len(kernel) - 2)} | attributes)))


def two_convs(g: Graph, kernel: list[int]) -> str:
    strides, bias = [1] * (len(kernel) - 2), g.put([0.03, -0.22])
    parts = [
        g.add("Conv", "x", g.put(np.random.default_rng(seed).normal(size=kernel)), bias, strides=strides)
        for seed in (1, 2)
    ]
    return flat(g, g.add("Add", *parts))


def split(g: Graph, sizes: list[int] | None) -> str:
    inputs = ["x"] if sizes is None else ["x", g.put(sizes)]
    a, b = g.add("Split", *inputs, outputs=2, axis=1)
    return str(g.add("Concat", b, a, g.add("Neg", a), axis=1))


def element_cases() -> Iterator[Case]:
    yield case("Gemm with bias", lambda g: g.add("Gemm", "x", g.put(MATRIX), g.put(BIAS), transB=1))
    yield case("Gemm alpha", lambda g: g.add("Gemm", "x", g.put(MATRIX), g.put(BIAS), alpha=0.3))
    yield case("Gemm beta", lambda g: g.add("Gemm", "x", g.put(MATRIX), g.put(BIAS), beta=0.3))
    yield case("Gemm beta 0", lambda g: g.add("Gemm", "x", g.put(MATRIX), g.put(BIAS), beta=0.0))
    yield case("Gemm beta on x", lambda g: g.add("Gemm", "x", g.put(MATRIX), "x", beta=0.3))
    yield case("bias used once", lambda g: g.add("Add", product(g), g.put(BIAS)))
    yield case("bias subtracted from", lambda g: g.add("Sub", g.put(BIAS), product(g)))
    yield case("equal biases", lambda g: shared(g, first=BIAS, second=BIAS))
    yield case("other biases", lambda g: shared(g, first=BIAS, second=[0.3, -0.1, 0.09]))
    yield case("scalar bias", lambda g: shared(g, first=[0.03], second=[0.07]))
    yield case("zero biases", lambda g: shared(g, first=[0.0] * 3, second=[0.0] * 3))
    yield case("negative halves", lambda g: g.add("Mul", "x", g.put([-0.03125] * 3)))
    yield case("Mul by stored", lambda g: g.add("Mul", g.add("Mul", "x", g.put(BIAS)), g.put([0.9, 1.1, 3.0])))
    yield case("Mul of varying", lambda g: g.add("Add", g.add("Mul", "x", product(g)), "x"))
    yield case("Sum of three", lambda g: chain_sum(g, first=False))
    yield case("Sum, bias first", lambda g: chain_sum(g, first=True))
    yield case("Sum of one", lambda g: g.add("Sum", g.add("Neg", "x")))
    yield case("Relu", lambda g: g.add("Relu", g.add("Neg", product(g))))
    yield case("Sign plus x", lambda g: g.add("Add", g.add("Sign", "x"), "x"))
    yield case("Sign plus stored", lambda g: g.add("Add", g.add("Sign", "x"), g.put(BIAS)))
    yield case("Sign times matrix", lambda g: g.add("MatMul", g.add("Sign", "x"), g.put(MATRIX)))
    yield case("ReduceSum kept", lambda g: g.add("Sub", "x", g.add("ReduceSum", "x", g.put([-1]), keepdims=1)))
    yield case("folded product", lambda g: g.add("Mul", "x", g.add("Mul", g.put(BIAS), g.put([0.7, 0.9, 1.3]))))


def layout_cases() -> Iterator[Case]:
    yield case("Concat x and product", lambda g: g.add("Concat", "x", product(g), axis=1), classes=6)
    yield case("Concat stored", lambda g: g.add("Concat", product(g), g.put([BIAS]), axis=1), classes=6)
    yield case("Concat stored twice", _stored_twice, classes=9)
    yield case("Split sizes", lambda g: split(g, [1, 3]), (4,), 5)
    yield case("Split halves", lambda g: split(g, None), (4,), 6)
    yield case("Slice", lambda g: g.add("Slice", "x", g.put([-1]), g.put([-9]), g.put([1]), g.put([-2])), (4,), 2)
    yield case("Transpose", lambda g: flat(g, g.add("Transpose", "x", perm=[0, 2, 1])), (2, 3), 6)
    yield case("stored Transpose", _stored_transpose)
    yield case("Pad", lambda g: g.add("Pad", "x", g.put([0, 1, 0, 2])), (3,), 6)
    yield case("Reshape, Squeeze", _squeezed, (2, 3), 6)
    yield case("Dropout", lambda g: g.add("Dropout", product(g)))
    yield case("ReduceSum inside", lambda g: g.add("ReduceSum", "x", g.put([2]), keepdims=0), (3, 2), 3)
    yield case("MatMul of varying", _varying_product, (2, 2), 4)
    yield case("stored on the left", lambda g: flat(g, g.add("MatMul", g.put([MATRIX]), "x")), (3, 2), 6)


def _stored_twice(g: Graph) -> str:
    bias = g.put([BIAS])
    return str(g.add("Concat", product(g), bias, bias, axis=1))


def _stored_transpose(g: Graph) -> str:
    column = g.put(np.array(BIAS).reshape(3, 1))
    return str(g.add("Add", product(g), g.add("Transpose", column, perm=[1, 0])))


def _squeezed(g: Graph) -> str:
    wide = g.add("Unsqueeze", "x", g.put([1]))
    return str(g.add("Reshape", g.add("Squeeze", wide, g.put([1])), g.put([0, -1])))


def _varying_product(g: Graph) -> str:
    return flat(g, g.add("Add", g.add("MatMul", "x", "x"), g.put([[[0.1, 0.2], [0.3, 0.45]]])))


def conv_cases() -> Iterator[Case]:
    yield case("Conv", lambda g: flat(g, conv(g, [2, 1, 2, 2])), (1, 3, 3), 8)
    yield case("Conv without bias", lambda g: flat(g, conv(g, [2, 1, 2, 2], bias=False)), (1, 3, 3), 8)
    yield case("Conv padded", lambda g: flat(g, conv(g, [2, 1, 2, 2], pads=[0, 1, 1, 0])), (1, 2, 3), 12)
    yield case("Conv strided", lambda g: flat(g, conv(g, [3, 2, 2, 2], strides=[2, 1])), (2, 4, 3), 12)
    yield case("Conv SAME_UPPER", lambda g: flat(g, conv(g, [2, 1, 2, 2], auto_pad="SAME_UPPER")), (1, 2, 2), 8)
    yield case("Conv SAME_LOWER", lambda g: flat(g, conv(g, [2, 1, 2, 2], auto_pad="SAME_LOWER")), (1, 2, 2), 8)
    yield case("Conv groups", lambda g: flat(g, conv(g, [4, 1, 2], group=2)), (2, 3), 8)
    yield case("Conv pointwise", lambda g: flat(g, conv(g, [2, 3, 1, 1])), (3, 1, 2), 4)
    yield case("Convs sharing a bias", lambda g: two_convs(g, [2, 1, 2, 2]), (1, 3, 2), 4)
    yield case("pointwise sharing a bias", lambda g: two_convs(g, [2, 1, 1, 1]), (1, 2, 2), 8)
    yield case("Conv, Relu, bias", _conv_then_bias, (1, 2, 2), 2)


def _conv_then_bias(g: Graph) -> str:
    return str(g.add("Add", flat(g, g.add("Relu", conv(g, [2, 1, 2, 2]))), g.put([[0.3, -0.11]])))


def operator_cases() -> list[Case]:
    return [*element_cases(), *layout_cases(), *conv_cases()]


def random_case(seed: int) -> Case:
    """Five random operators on vectors of three, biases and matrices sometimes drawn twice."""
    rng, g = np.random.default_rng(seed), Graph((3,))
    vectors = [g.put(rng.normal(size=3)) for _ in range(3)]
    matrices = [g.put(rng.normal(size=(3, 3))) for _ in range(2)]
    known = ["x"]
    for _ in range(5):
        left, other = str(rng.choice(known)), str(rng.choice([*known, *vectors]))
        op = rng.choice(["Add", "Sub", "Mul", "MatMul", "Gemm", "Relu", "Neg", "Sign", "Sum"])
        if op in ("MatMul", "Gemm"):
            inputs = [left, str(rng.choice(matrices)), *([other] if op == "Gemm" else [])]
        elif op in ("Relu", "Neg", "Sign"):
            inputs = [left]
        else:
            inputs = [left, other] if rng.integers(2) else [other, left]
            inputs += [str(rng.choice(known))] if op == "Sum" else []
        known.append(str(g.add(str(op), *inputs)))
    raw = rng.integers(-60, 60, (2, 3))
    return Case(f"random {seed}", g.onnx(known[-1], 3), (3,), 3, raw)
