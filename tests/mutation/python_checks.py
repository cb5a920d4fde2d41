"""Finds the checks of a Python module and gives each a switch.

A check is an ``if ...: raise``, a call of a ``require``/``check``/``expect`` function whose value is not used, or one
conjunct of what a function named like a test returns (``*_fits``, ``is_*``, ``valid*``).
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RAISING = re.compile(r"_?(require|check|expect|refuse|ensure|must)(_|$)|_?verify(_|$)")
DECIDING = re.compile(r"(_fits?$)|^_?(is|fits?|valid|leads|matches|same|proves|accepts?)(_|$)|_(valid|matches|same)$")
COMPILED = re.compile(r"\b(njit|jit|kernel|inlined|vectorize)\b")
SHOWN = 160
"""Longer conditions are cut in a check's name."""


@dataclass(frozen=True, slots=True)
class Check:
    """``path::function::text`` names a check for as long as neither of them changes."""

    name: str
    kind: str
    line: int


class Switches(ast.NodeTransformer):
    """Puts ``_check_is_on(name)`` beside every check; ``found`` lists them."""

    def __init__(self, path: str) -> None:
        self.path, self.found = path, list[Check]()
        self._scope: list[str] = []
        self._seen: Counter[str] = Counter()

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._inside(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._inside(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._inside(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.body[-1], ast.Raise) or ast.unparse(node.test).startswith("TYPE_CHECKING"):
            return node
        switch = self._switch("refusal", f"if {ast.unparse(node.test)}", node.lineno, "_check_is_on")
        node.test = ast.BoolOp(ast.And(), [node.test, switch])
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        if not isinstance(call, ast.Call) or not RAISING.match(_last_name(call.func)):
            return node
        name = self._name("call", ast.unparse(call), node.lineno)
        wrapped = ast.parse(
            f"if not _check_is_off({name!r}):\n try: pass\n except BaseException: _fired({name!r}); raise"
        )
        guard = wrapped.body[0]
        guard.body[0].body = [node]  # type: ignore[attr-defined]
        return guard

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if not self._scope or not DECIDING.search(self._scope[-1]):
            return node
        if isinstance(node.value, ast.BoolOp) and isinstance(node.value.op, ast.And):
            node.value.values = [self._waived(part) for part in node.value.values]
        elif isinstance(node.value, ast.Compare):
            node.value = self._waived(node.value)
        return node

    def _waived(self, part: ast.expr) -> ast.expr:
        switch = self._switch("conjunct", f"return {ast.unparse(part)}", part.lineno, "_conjunct_is_off")
        return ast.BoolOp(ast.Or(), [part, switch])

    def _inside(self, node: ast.AST) -> ast.AST:
        if any(COMPILED.search(ast.unparse(made)) for made in node.decorator_list):  # type: ignore[attr-defined]
            return node  # machine code asks no switch
        self._scope.append(node.name)  # type: ignore[attr-defined]
        self.generic_visit(node)
        self._scope.pop()
        return node

    def _name(self, kind: str, text: str, line: int) -> str:
        short = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        name = f"{self.path}::{'.'.join(self._scope)}::{short}"
        self._seen[name] += 1
        name += f" #{self._seen[name]}" if self._seen[name] > 1 else ""
        self.found.append(Check(name, kind, line))
        return name

    def _switch(self, kind: str, text: str, line: int, asked: str) -> ast.expr:
        name = self._name(kind, text, line)
        return ast.Call(ast.Name(asked, ast.Load()), [ast.Constant(name)], [])


def with_switches(path: Path) -> tuple[ast.Module, list[Check]]:
    """The module's syntax tree with switches, and its checks in the order of the source."""
    switches = Switches(path.relative_to(ROOT).as_posix())
    tree = switches.visit(ast.parse(path.read_text(encoding="utf-8"), filename=str(path)))
    return ast.fix_missing_locations(tree), sorted(switches.found, key=lambda check: check.line)


def _last_name(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""
