"""Which functions of the product parse what others chose: found by their names, so that a new one is not forgotten."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("proofs", "protocols", "escrow", "assay")
PARSER = re.compile(
    r"from_(bytes|json|text|dict|file|npz)|\w+_from_(bytes|json|fields|arrays)|(read|parse|decode|load|import|unseal)_\w+|"
    r"open_(offer|message|hello|letter|admission|reply|statement|delivery|record)|unseal|load"
)
_DEFINED = re.compile(r"def ([a-z]\w*)")
INSIDE = {
    "read from arrays or values that are already parsed, not from bytes": (
        *("proofs.halo2.integer_network_graph.read_tensors", "proofs.sumcheck.committed.values.read_values"),
        *("proofs.sumcheck.layers.sliding.read_rows", "proofs.sumcheck.layers.sliding.read_at"),
        *("proofs.sumcheck.reductions.windows.read_at_offsets", "proofs.sumcheck.reductions.windows.read_combined"),
        *("proofs.sumcheck.reductions.windows.read_summed", "proofs.sumcheck.lookups.kernels.load"),
        "proofs.sumcheck.lookups.kernels.load_halves",
    ),
    "entered by every target of ONNX files": (
        *("proofs.networks.onnx_import.step.read_step", "proofs.networks.onnx_import.windows.read_windows"),
        *("proofs.onnx_check.view.read_node", "proofs.onnx_check.view.read_attribute"),
    ),
    "imports a library, or compiled kernels of ours": (
        *("proofs.sumcheck_backend.warm.load_kernels", "proofs.sumcheck_backend.workers.ray_joining.import_ray"),
    ),
    "entered by targets that name what calls it": (
        *("proofs.canonical.parse_canonical", "proofs.commitment.corpus_files.corpus_from_arrays"),
        *("proofs.commitment.secret_files.test_set_from_arrays", "proofs.sumcheck_backend.lineage.parse_renewals"),
        *(
            "protocols.signed_messages.parse_message",
            "protocols.solidity.from_json",
            "protocols.terms_fields.parse_fields",
        ),
        *("protocols.accuracy.terms.terms_from_fields", "protocols.predictions.terms.terms_from_fields"),
        *("protocols.retrieval.terms.terms_from_fields", "protocols.sampled.terms.terms_from_fields"),
        *("protocols.post.letters.open_reply", "assay.service.app.read_body", "assay.output.read_bytes"),
        *(
            "assay.words.parse_context",
            "assay.commands.sumcheck.material.load_data",
            "assay.commands.serve.read_networks",
        ),
        *("assay.commands.prove.accuracy.load_test_set", "escrow.history.read_history"),
        "assay.report.exchange.read_exchange",
    ),
    "reads what a tool of ours, installed or built here, has written": (
        *("escrow.static_analysis.parse_report", "escrow.static_analysis.parse_answers"),
    ),
}
"""Functions that need no target of their own, by the reason."""


@cache
def parsers() -> frozenset[str]:
    """Public functions and methods whose name says that they parse, as "package.module.function"."""
    return frozenset(_found())


def _found() -> Iterator[str]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if any(PARSER.fullmatch(name) for name in _DEFINED.findall(text)):
                yield from _in(ast.parse(text), ".".join(path.relative_to(ROOT).with_suffix("").parts))


def _in(tree: ast.Module, module: str) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and PARSER.fullmatch(node.name):
            yield f"{module}.{node.name}"
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and PARSER.fullmatch(item.name):
                    yield f"{module}.{node.name}.{item.name}"
