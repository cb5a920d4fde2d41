"""Which field a name gives, and that the compiler is not needed for any of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from proofs.sumcheck.fields import FIELDS, PlainField, field

WITHOUT_NUMBA = """
import pkgutil, sys
sys.modules["numba"] = None  # an import raises ImportError
import proofs.sumcheck
modules = [m.name for m in pkgutil.walk_packages(proofs.sumcheck.__path__, "proofs.sumcheck.")]
import importlib.util
for name in modules:
    source = open(importlib.util.find_spec(name).origin).read()
    if not name.endswith(".fast") and ".fields.fast" not in name + source:
        importlib.import_module(name)
from proofs.sumcheck.fields import field
for name in ("m31", "m61", "m61b", "m61/base", "m61b/base"):
    f = field(name)
    table = f.eq_table([f.scalars.from_int(5)] * 3, 7)
    f.matmul(f.to_signed(table[:1]), table[0].reshape(7, 1))
    assert type(f).__name__ == "PlainField", type(f)
    assert f.dot(table, table) == f.dot(table[:, ::-1], table[:, ::-1])
    try:
        field(name, "fast")
    except ImportError:
        continue
    raise AssertionError("compiled kernels without a compiler")
assert not any(name.startswith(("numba", "llvmlite")) for name, module in sys.modules.items() if module is not None)
print("done without", len(modules))
"""


def test_everything_works_without_a_compiler() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_NUMBA], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("done without")


@pytest.mark.parametrize("name", FIELDS)
def test_twins_agree_on_what_they_are(name: str) -> None:
    plain, fast, auto = field(name, "plain"), field(name, "fast"), field(name)
    assert type(plain) is PlainField
    assert type(fast) is type(auto) is not PlainField
    assert (plain.name, plain.scalars, plain.dtype) == (fast.name, fast.scalars, fast.dtype)
    assert (plain.scalars.p, plain.scalars.degree) == FIELDS[name]
    assert field(name, "plain") is plain


@pytest.mark.parametrize(("name", "kernels"), [("m32", "plain"), ("m31", "quick")])
def test_unknown_names_are_refused(name: str, kernels: str) -> None:
    with pytest.raises(ValueError, match=r"there (is|are) no"):
        field(name, kernels)  # type: ignore[arg-type]
