"""The field of a test's parameters, made once a module."""

from __future__ import annotations

import pytest
from field_cases import made

from proofs.sumcheck.fields import Field


@pytest.fixture(scope="module")
def f(request: pytest.FixtureRequest) -> Field:
    return made(*request.param)
