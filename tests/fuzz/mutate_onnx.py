"""ONNX models changed field by field, so that they stay messages: huge sizes, cycles, missing names, other types."""

from __future__ import annotations

from random import Random
from typing import Any

import onnx
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from fuzz.mutate import mutate

NUMBERS = (
    0,
    1,
    -1,
    2,
    3,
    7,
    64,
    255,
    1 << 16,
    1 << 20,
    (1 << 31) - 1,
    -(1 << 31),
    1 << 32,
    1 << 40,
    (1 << 63) - 1,
    -(1 << 63),
)
FLOATS = (0.0, -1.0, float("nan"), float("inf"), float("-inf"), 1e38, 1e-45, 0.5)
OPS = tuple(
    "Relu Conv Gemm MatMul Reshape Flatten Concat Slice Loop If Scan Pad Gather Constant ConstantOfShape Expand Tile "
    "MaxPool AveragePool BatchNormalization Softmax Clip QuantizeLinear DequantizeLinear Transpose Squeeze Unsqueeze "
    "Identity Add Mul Div Pow ReduceMean GlobalAveragePool Shape Cast Split LSTM TreeEnsembleClassifier Resize "
    "Range".split()
)
TEXTS = ("", "x", "y", "../../../etc/passwd", "é\u202e", "a" * 5000, "ai.onnx.ml", "location", "\0")


def mutate_model(random: Random, raw: bytes, pool: list[bytes]) -> bytes:
    """A model with one to six of its fields changed; sometimes its bytes."""
    model = onnx.ModelProto()
    try:
        model.ParseFromString(raw)
    except Exception:  # noqa: BLE001 - the pool may hold what is no message
        return mutate(random, raw, pool)
    if random.random() < 0.1:
        return mutate(random, raw, pool)
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        try:
            _change(random, model)
        except (ValueError, TypeError):  # a number beyond the field's type
            continue
    return bytes(model.SerializeToString())


def _change(random: Random, model: Any) -> None:
    message, field = random.choice(list(_fields(model)))
    value = getattr(message, field.name)
    if field.is_repeated if hasattr(field, "is_repeated") else field.label == FieldDescriptor.LABEL_REPEATED:
        _change_list(random, value, field)
    elif field.type == FieldDescriptor.TYPE_MESSAGE:
        message.ClearField(field.name)
    else:
        setattr(message, field.name, _scalar(random, field, value, model))


def _change_list(random: Random, values: Any, field: FieldDescriptor) -> None:
    if not len(values):
        if field.type != FieldDescriptor.TYPE_MESSAGE:
            values.append(_scalar(random, field, None, None))
        return
    place, kind = random.randrange(len(values)), random.randrange(5)
    if kind == 0:
        del values[place]
    elif kind == 1:
        copies = random.choice((1, 1, 2, 50))
        values.extend([values[place]] * copies)
    elif kind == 2 and len(values) > 1:
        items = [_copy(value) for value in values]
        random.shuffle(items)
        del values[:]
        values.extend(items)
    elif field.type != FieldDescriptor.TYPE_MESSAGE:
        values[place] = _scalar(random, field, values[place], None)


def _copy(value: Any) -> Any:
    if not isinstance(value, Message):
        return value
    copied = type(value)()
    copied.CopyFrom(value)
    return copied


def _scalar(random: Random, field: FieldDescriptor, value: Any, model: Any) -> Any:
    if field.type == FieldDescriptor.TYPE_STRING:
        names = [name for node in model.graph.node for name in (*node.input, *node.output)] if model is not None else []
        return random.choice(OPS if field.name == "op_type" else (*TEXTS, *names))
    if field.type == FieldDescriptor.TYPE_BYTES:
        return mutate(random, value or b"\0", [])[:4096] if random.random() < 0.7 else b""
    if field.type in (FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE):
        return random.choice(FLOATS)
    if field.type == FieldDescriptor.TYPE_ENUM:
        return random.choice([item.number for item in field.enum_type.values])
    return random.choice(NUMBERS)


def _fields(message: Any) -> Any:
    """Every message with one of its fields; those that are set thrice, so that they are changed more often."""
    for field, value in message.ListFields():
        yield message, field
        yield message, field
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            for inner in value if not isinstance(value, Message) else (value,):
                yield from _fields(inner)
    yield message, random_field(message)


def random_field(message: Any) -> FieldDescriptor:
    """One that need not be set."""
    fields = message.DESCRIPTOR.fields
    return fields[len(message.SerializeToString()) % len(fields)]
