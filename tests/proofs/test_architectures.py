"""Splitting models, and reading architectures from people one does not trust."""

from __future__ import annotations

import copy
import math

import numpy as np
import onnx
import pytest
from helpers.tiny_models import classifier, mlp
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper, numpy_helper

from proofs.canonical import canonical_bytes, parse_canonical
from proofs.commitment.input_format import InputFormat
from proofs.errors import AssayError, InvalidInput, MalformedProof, UnsupportedModel
from proofs.halo2 import attributes, graph_rules
from proofs.halo2.architecture import Architecture, split_model
from proofs.halo2.circuits.accuracy import accuracy_circuit, logits_circuit
from proofs.halo2.description import CircuitDescription, RunParameters
from proofs.halo2.mask import BITS_PER_PROOF, MARGIN_BITS, RAW_LIMIT, fresh, units_for

SHAPE = InputFormat((8,), 7, 3, 2)


def through_bytes(architecture: Architecture) -> Architecture:
    return Architecture.from_json(parse_canonical(canonical_bytes(architecture.to_json()), "architecture"))


def conv_model() -> bytes:
    nodes = [
        helper.make_node("Conv", ["x", "k"], ["a"], strides=[1, 1]),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Reshape", ["b", "target"], ["c"]),
        helper.make_node("Slice", ["c", "from", "to", "axes"], ["d"]),
        helper.make_node("MatMul", ["d", "w"], ["y"]),
    ]
    constants = {
        "k": np.ones((2, 1, 2, 2), "f4"), "target": np.array([-1, 18]), "from": np.array([2]), "axes": np.array([1]),
        "to": np.array([2**63 - 1]), "w": np.ones((16, 3), "f4"),
    }  # fmt: skip
    return classifier(nodes, constants, (1, 4, 4))


@pytest.mark.parametrize("model", [mlp(), conv_model()])
def test_architecture_survives_its_bytes_and_passes_the_rules(model: bytes) -> None:
    architecture, weights = split_model(model)
    assert through_bytes(architecture) == architecture
    graph_rules.check_graph(architecture)
    assert architecture.parameters == sum(values.size for values in weights.values())
    assert {name: values.shape for name, values in architecture.random_weights().items()} == dict(architecture.weights)


def test_names_documentation_and_weights_do_not_enter_the_architecture() -> None:
    renamed = onnx.load_model_from_string(mlp(1))
    for node in renamed.graph.node:
        node.name, node.doc_string = "secret-name", "secret"
        node.input[:] = [name if name == "x" else f"q_{name}" for name in node.input]
        node.output[:] = [name if name == "y" else f"q_{name}" for name in node.output]
    for tensor in renamed.graph.initializer:
        tensor.name = f"q_{tensor.name}"
    renamed.producer_name = "secret"
    first, second = split_model(mlp(0))[0], split_model(renamed.SerializeToString())[0]
    assert first == second
    assert b"secret" not in canonical_bytes(second.to_json())


def test_constant_nodes_are_initialisers() -> None:
    model = onnx.load_model_from_string(mlp())
    moved = model.graph.initializer.pop(0)
    model.graph.node.insert(0, helper.make_node("Constant", [], [moved.name], value=moved))
    assert split_model(model.SerializeToString())[0] == split_model(mlp())[0]
    for name, value in (("value_float", 1.5), ("value_floats", [1.0, 2.0]), ("value_int", 3), ("value_ints", [1, 2])):
        array = attributes.constant_value(helper.make_node("Constant", [], ["c"], **{name: value}))
        assert array.tolist() == value
        assert array.dtype == (np.float32 if "float" in name else np.int64)
    with pytest.raises(UnsupportedModel):
        attributes.constant_value(helper.make_node("Constant", [], ["c"], value_string="text"))


def test_shared_weights_are_one_tensor() -> None:
    nodes = [helper.make_node("MatMul", ["x", "w"], ["a"]), helper.make_node("MatMul", ["a", "w"], ["b"]),
             helper.make_node("MatMul", ["b", "u"], ["y"])]  # fmt: skip
    architecture, _ = split_model(classifier(nodes, {"w": np.eye(8, dtype="f4"), "u": np.ones((8, 3), "f4")}))
    assert architecture.weights == (("w0", (8, 8)), ("w1", (8, 3)))
    assert architecture.nodes[1].inputs == ("t3", "w0")


def test_left_out_optional_outputs_stay_left_out() -> None:
    nodes = [helper.make_node("Dropout", ["x"], ["a", ""]), helper.make_node("Clip", ["a", "", "hi"], ["b"]),
             helper.make_node("MatMul", ["b", "w"], ["y"])]  # fmt: skip
    architecture, _ = split_model(classifier(nodes, {"hi": np.float32(6), "w": np.ones((8, 3), "f4")}))
    assert architecture.nodes[0].outputs[1] == ""
    assert architecture.nodes[1].inputs[1] == ""


@pytest.mark.parametrize("dtype", ["float64", "float16"])
def test_wider_and_narrower_floats_become_single_precision(dtype: str) -> None:
    architecture, weights = split_model(mlp(dtype=dtype))
    assert architecture == split_model(mlp())[0]
    assert {values.dtype for values in weights.values()} == {np.dtype("float32")}


def test_reshape_targets_take_the_batch() -> None:
    shape = InputFormat((1, 4, 4), 7, 3, 4)
    architecture, weights = split_model(conv_model())
    for circuit in (
        accuracy_circuit(architecture, weights, shape, fresh(1)),
        logits_circuit(architecture, weights, shape),
    ):
        values = {
            t.name: numpy_helper.to_array(t).tolist() for t in onnx.load_model_from_string(circuit).graph.initializer
        }
        assert values["m_c0"] == [4, 18]
        assert values["m_c2"] == [2**63 - 1]


def test_unsplittable_models() -> None:
    with pytest.raises(InvalidInput):
        split_model(b"\xff" * 40)
    unordered = onnx.load_model_from_string(mlp())
    unordered.graph.node.reverse()
    with pytest.raises(UnsupportedModel, match="execution order"):
        split_model(unordered.SerializeToString())
    endless = onnx.load_model_from_string(mlp())
    endless.graph.output[0].name = "nowhere"
    with pytest.raises(UnsupportedModel, match="nowhere"):
        split_model(endless.SerializeToString())


HOSTILE = {
    "nodes": [
        None, 7, "Relu", [], [[]], [None], [["Relu", ["x"], ["t2"]]], [["Loop", ["x"], ["t2"], []]],
        [["Relu", ["y"], ["t2"], []]], [["Relu", ["x"], ["x"], []]], [["Relu", ["x"], ["wrap_1_1"], []]],
        [["Relu", ["x"], ["t\u0662"], []]], [["Relu", ["wrap_1_1"], ["t2"], []]], [[7, ["x"], ["t2"], []]],
        [["Relu", ["x"], ["t2"], []], ["Relu", ["x"], ["t2"], []]], [["Relu", "x", ["t2"], []]],
        [["Constant", [], ["t2"], [["value_float:f", (1.5).hex()]]]], [["RandomNormal", [], ["t2"], []]],
        *([["Relu", ["x"], ["t2"], [attribute]]] for attribute in (
            ["alpha:f", "nan"], ["alpha:f", "1.5"], ["alpha:f", 1], ["alpha:", 1], ["alpha:iI", 1], ["alpha:g", 1],
            ["inputs:I", "x"], ["a b:i", 1], ["alpha:i", True], ["alpha:i", 1 << 63], ["alpha:I", 1], ["alpha:s", 1],
            ["alpha:s", "\ud800"], ["alpha:F", [1.5]], "alpha", ["alpha:i"], [1, 2],
        )),
        [["Relu", ["x"], ["t2"], [["b:i", 1], ["a:i", 1]]]],
        [["Relu", ["x"], ["t2"], [["a:f", (1.0).hex()], ["a:i", 1]]]],
    ],
    "weights": [None, 5, "ab", {}, [["w0"]], [["w1", [8, 4]]], [["w0", [-1]]], [["w0", 5]], [["w0", [1 << 40]]],
                [["w0", [1 << 24] * 3]], [["w0", [1] * 9]], [["x", [8]]], [[0, [8]]], [["w0", [1 << 13, 1 << 13]]]],
    "constants": [None, [["c0", [2], [1]]], [["c0", [1], [True]]], [["c0", [1], ["1"]]], [["c0", [1], [1 << 63]]],
                  [["c0", [1], 1]], [["c1", [1], [1]]]],
    "output": [None, "x", "w0", "t99", ""],
    "opset": [None, 0, 12, 25, True, "17"],
    "extra": [1],
}  # fmt: skip


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in HOSTILE.items() for value in values])
def test_hostile_architectures_are_malformed(field: str, value: object) -> None:
    document = copy.deepcopy(split_model(mlp())[0].to_json())
    document[field] = value
    with pytest.raises(MalformedProof):
        graph_rules.check_graph(Architecture.from_json(document))


def test_absurd_weight_shapes_do_not_wrap_around() -> None:
    architecture = split_model(mlp())[0]
    wrapping = Architecture(17, architecture.nodes, (("w0", (1 << 24,) * 3),), (), architecture.output)
    assert wrapping.parameters == math.prod([1 << 24] * 3)


PLACES = ["architecture", "format", "binding", "budget", "parameters", "srs", "ezkl"]
JUNK = (
    st.none()
    | st.booleans()
    | st.integers(-(1 << 70), 1 << 70)
    | st.text(max_size=5)
    | st.lists(st.integers(), max_size=3)
)


@settings(max_examples=80)
@given(st.sampled_from(PLACES), JUNK | st.dictionaries(st.text(max_size=4), JUNK, max_size=2))
def test_junk_in_a_description_is_malformed(place: str, junk: object) -> None:
    architecture = split_model(mlp())[0]
    parameters = RunParameters(1024, 3, 12, (0, 0))
    document = CircuitDescription(architecture, SHAPE, "polycommit", 4, parameters, bytes(32), "23.0.5").to_json()
    assert CircuitDescription.from_json(document).to_json() == document
    try:
        assert CircuitDescription.from_json({**document, place: junk}).to_json() == {**document, place: junk}
    except AssayError as error:
        assert isinstance(error, MalformedProof)


def across(op: str, **attributes_: object) -> str | None:
    nodes = [helper.make_node("MatMul", ["x", "w"], ["a"]), helper.make_node(op, ["a"], ["y"], **attributes_)]
    return graph_rules.problem(split_model(classifier(nodes, {"w": np.ones((8, 3), "f4")}))[0], SHAPE)


def test_graphs_that_look_across_the_batch() -> None:
    assert across("Relu") is None
    assert "axis 0" in str(across("Concat", axis=0))
    assert across("Transpose", perm=[1, 0]) is not None
    assert "4 classes" in str(graph_rules.problem(split_model(mlp())[0], InputFormat((8,), 7, 4, 2)))


@given(st.integers(1, 500))
def test_mask_holds_the_bits_it_promises(proofs: int) -> None:
    bits = units_for("polycommit", proofs) * 16 * math.log2(2 * RAW_LIMIT + 1)
    assert bits >= BITS_PER_PROOF * (proofs + 1) + MARGIN_BITS
    assert units_for("hashed", proofs) * 16 * math.log2(2 * RAW_LIMIT + 1) >= MARGIN_BITS
    assert units_for("fixed", proofs) == 0


def test_masks_are_fresh_and_in_range() -> None:
    first, second = fresh(8), fresh(8)
    assert first.inner.shape == (16, 8)
    assert (first.inner != second.inner).any()
    assert np.abs(first.inner).max() <= RAW_LIMIT
