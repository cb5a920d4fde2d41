"""What stands between a model and a SafetyNets proof, before any input is looked at."""

from __future__ import annotations

from proofs.errors import UnsupportedModel
from proofs.onnx_check.parse import parse_model
from proofs.onnx_check.report import CheckReport, Finding
from proofs.onnx_check.structure import opset_of
from proofs.safetynets import ChosenScales
from proofs.safetynets_backend import network_of
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck.safetynets.onnx_import.importer import MAX_MODEL_BYTES

SCALES = "choose other scales with --alpha and --betas, or train with fewer squares or sparser weights"


def check_open_model(onnx: bytes) -> CheckReport:
    """Name everything in a model that the safetynets backend cannot prove, its values' sizes included.

    Raises:
        InvalidInput: the bytes are not a valid ONNX model.
    """
    opset = opset_of(parse_model(onnx, MAX_MODEL_BYTES))
    try:
        network = network_of(onnx, ChosenScales())
        network.fields()
    except UnsupportedModel as refusal:
        findings = tuple(problem for problem in refusal.problems if isinstance(problem, Finding))
        too_large = (Finding("values", "model", opset, None, str(refusal), SCALES),)
        return _report(findings or too_large, opset, None)
    return _report((), opset, network)


def _report(problems: tuple[Finding, ...], opset: int, network: Network | None) -> CheckReport:
    linear = [] if network is None else [n.layer for n in network.nodes if isinstance(n.layer, Dense | Convolution)]
    return CheckReport(
        backend="safetynets",
        problems=problems,
        warnings=(),
        input_shape=() if network is None else network.input_shape,
        classes=0 if network is None else network.classes,
        parameters=sum(layer.weight.size + len(layer.bias) for layer in linear),
        macs=sum(layer.multiplications for layer in linear),
        opset=opset,
    )
