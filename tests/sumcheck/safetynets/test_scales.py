"""Scales: the file's own, chosen on validation data, or the finest that fit; never beyond the static bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import onnx
import pytest
from onnx_kit import CONV, Spec, model, reals

from proofs.errors import InvalidInput, UnsupportedModel
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.safetynets.bounds.static_bound import ONE_PRIME, TWO_PRIMES
from proofs.sumcheck.safetynets.onnx_import import import_network, import_onnx
from proofs.sumcheck.safetynets.scales.choice import choose_scales
from proofs.sumcheck.safetynets.scales.float_network import FloatNetwork, Scales
from proofs.sumcheck.safetynets.scales.levels import LEVELS, default_scales
from proofs.sumcheck.safetynets.scales.rounding import rounded

SQUARE: Spec = ("Mul", [None, None], {})
POOL: Spec = ("AveragePool", [None], {"kernel_shape": [2, 2], "strides": [2, 2]})
SMALL = model([CONV, SQUARE, POOL], classes=4)
DEEP = model([CONV, SQUARE, ("Conv", [None, reals(3, 3, 2, 2)], {}), SQUARE, CONV, SQUARE], classes=4)
RNG = np.random.default_rng(2)
X = RNG.random((300, 3, 6, 5))


def with_hint(onnx_bytes: bytes, **entries: str) -> bytes:
    """The file with ``assay.`` entries in its metadata."""
    proto = onnx.load_from_string(onnx_bytes)
    for key, value in entries.items():
        proto.metadata_props.add(key=f"assay.{key}", value=value)
    return bytes(proto.SerializeToString())


def hinted(**entries: str) -> FloatNetwork:
    """The small model with entries."""
    return import_onnx(with_hint(SMALL, **entries))


def test_the_file_names_its_scales() -> None:
    """Numbers and fractions, read exactly; without a box inputs lie between 0 and 1."""
    assert import_onnx(SMALL).hint is None
    assert hinted(alpha="7", betas="[16, 2.5]").hint == Scales(Fraction(7), (Fraction(16), Fraction(5, 2)), 0, 7)
    boxed = hinted(alpha="7", betas="[16, 8]", input_low="-3", input_high="9", input_square_norm="100").hint
    assert boxed == Scales(Fraction(7), (Fraction(16), Fraction(8)), -3, 9, 100)
    assert hinted(alpha="7").hint is None
    assert hinted(static_bound_bits="59.955", alpha="7.5", betas="[1, 1]").hint == Scales(
        Fraction(15, 2), (Fraction(1), Fraction(1)), 0, 8
    )


@pytest.mark.parametrize(
    "entries",
    [
        {"alpha": "x", "betas": "[1]"},
        {"alpha": "0", "betas": "[1]"},
        {"alpha": "-1", "betas": "[1]"},
        {"alpha": "true", "betas": "[1]"},
        {"alpha": "NaN", "betas": "[1]"},
        {"alpha": "1e400", "betas": "[1]"},
        {"alpha": "1" * 70, "betas": "[1]"},
        {"alpha": "9" * 5000, "betas": "[1]"},
        {"alpha": "1", "betas": "8"},
        {"alpha": "1", "betas": '["8"]'},
        {"alpha": "1", "betas": "[0]"},
        {"alpha": "1", "betas": "[" * 100_000},
        {"alpha": "1", "betas": "[1]", "input_low": "0.5"},
        {"alpha": "1", "betas": "[1]", "input_high": "[]"},
    ],
)
def test_scales_that_cannot_be_read(entries: dict[str, str]) -> None:
    """Refused in words."""
    with pytest.raises(InvalidInput, match=r"assay\."):
        hinted(**entries)


def test_hinted_scales_are_taken() -> None:
    """Where they fit, nothing else is tried."""
    choice = choose_scales(hinted(alpha="7", betas="[16, 8]"), X)
    assert [c.scales.alpha for c in choice.candidates] == [7]
    assert choice.network.betas == (16, 8)
    assert choice.chosen.accuracy is None and choice.real_accuracy is None
    with pytest.raises(InvalidInput, match="betas are 1 for 2"):
        choose_scales(hinted(alpha="7", betas="[16]"), X)


def test_hinted_scales_that_do_not_fit_are_replaced() -> None:
    """A file may ask for more than two primes hold."""
    choice = choose_scales(hinted(alpha=str(10**6), betas=f"[{2**24}, {2**28}]"), X)
    assert len(choice.candidates) > 4
    assert choice.network.fields() == ("m61",)


@pytest.mark.parametrize("onnx_bytes", [SMALL, DEEP])
def test_chosen_on_validation_data(onnx_bytes: bytes) -> None:
    """The best candidate that fits; its figures are those of its network."""
    real = import_onnx(onnx_bytes)
    labels = real.run(X).argmax(axis=1)
    choice = choose_scales(real, X, labels)
    assert choice.real_accuracy == 1.0
    assert choice.chosen in choice.candidates
    best = max(c.score for c in choice.candidates)
    assert choice.chosen.score >= best - 0.005
    assert choice.chosen.accuracy == choice.chosen.agreement >= 0.9
    assert len(choice.network.fields()) == choice.chosen.primes
    limit = ONE_PRIME if choice.chosen.primes == 1 else TWO_PRIMES
    assert max(choice.network.bounds.magnitudes) <= limit


def test_one_prime_may_be_asked_for() -> None:
    """Or two, which are finer."""
    real = import_onnx(DEEP)
    one, two = (choose_scales(real, X, primes=count) for count in (1, 2))
    assert {c.primes for c in one.candidates} == {1}
    assert one.network.fields() == ("m61",)
    assert max(c.bits for c in two.candidates) > 61
    assert two.chosen.agreement >= one.chosen.agreement - 0.005


def test_nothing_fits() -> None:
    """Eight squares in a row: refused, with what would help."""
    real = import_onnx(model([CONV, SQUARE] * 8, shape=(3, 9, 9)))
    for call in (lambda: choose_scales(real, RNG.random((5, 3, 9, 9)), primes=2), lambda: default_scales(real)):
        with pytest.raises(UnsupportedModel, match="weights of -1, 0 and 1"):
            call()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"primes": 3}, "give 1 or 2"),
        ({"input_range": (1.0, 0.0)}, "lower end first"),
        ({"labels": np.zeros(7, int)}, "labels for 300"),
    ],
)
def test_unusable_options(options: dict[str, object], message: str) -> None:
    """Named."""
    with pytest.raises(InvalidInput, match=message):
        choose_scales(import_onnx(SMALL), X, **options)  # type: ignore[arg-type]


# -- without validation data -----------------------------------------------------------------------------------------
def test_coarse_weights_take_two_primes() -> None:
    """Four squares in a row leave one prime weights of -1, 0 and 1 only."""
    real = import_onnx(model([CONV, SQUARE] * 4, shape=(3, 9, 9)))
    assert rounded(real, default_scales(real)).fields() == ("m61", "m61b")


def test_default_scales_are_the_finest_that_fit() -> None:
    """The next level does not fit one prime; two are taken only where one holds nothing."""
    real = import_onnx(DEEP)
    scales = default_scales(real)
    assert rounded(real, scales).fields() == ("m61",)
    finer = LEVELS[LEVELS.index(int(scales.alpha)) + 1]
    ratio = Fraction(finer, int(scales.alpha))
    coarse = replace(scales, alpha=Fraction(finer), betas=tuple(b * ratio for b in scales.betas), input_high=finer)
    assert max(rounded(real, coarse).bounds.magnitudes) > ONE_PRIME
    assert default_scales(real, alpha=Fraction(3)).alpha == 3


CASES: dict[str, tuple[Callable[[], object], tuple[object, ...]]] = {
    "its own": (lambda: import_network(HINTED), (7, (16, 8), -3, 9)),
    "own alpha, other betas": (lambda: import_network(HINTED, None, (Fraction(3), Fraction(4))), (7, (3, 4), -3, 9)),
    "another alpha": (lambda: import_network(HINTED, Fraction(14)), (14, (16, 8), -6, 18)),
    "another range": (lambda: import_network(HINTED, input_range=(-1.0, 0.5)), (7, (16, 8), -7, 4)),
    "all given": (lambda: import_network(SMALL, Fraction(5), (Fraction(1), Fraction(2))), (5, (1, 2), 0, 5)),
}
HINTED = with_hint(SMALL, alpha="7", betas="[16, 8]", input_low="-3", input_high="9")


@pytest.mark.parametrize("name", CASES)
def test_import_network(name: str) -> None:
    """What is given is used; what is not is the file's."""
    build, expected = CASES[name]
    network = build()
    assert (network.alpha, network.betas, network.input_low, network.input_high) == expected  # type: ignore[attr-defined]


def test_import_network_without_scales() -> None:
    """The finest that fit, the same for whoever computes them; half of them given is not enough."""
    assert import_network(SMALL).digest == import_network(SMALL).digest
    assert import_network(SMALL).fields() == ("m61",)
    assert import_network(SMALL, Fraction(4)).alpha == 4
    with pytest.raises(InvalidInput, match="give alpha as well"):
        import_network(SMALL, None, (Fraction(1), Fraction(1)))
    with pytest.raises(InvalidInput, match="must be positive"):
        import_network(SMALL, Fraction(0))
    with pytest.raises(InvalidInput, match="1 betas for 2"):
        import_network(SMALL, Fraction(4), (Fraction(1),))
    for broken in ((0.0, float("inf")), (float("nan"), 1.0), (2.0, 1.0)):
        with pytest.raises(InvalidInput, match="no range"):
            import_network(SMALL, input_range=broken)


# -- rounding --------------------------------------------------------------------------------------------------------
def test_rounding_goes_up_at_halves() -> None:
    """Weights and biases by floor(v + 1/2); biases at the scale of what they are added to, exactly."""
    specs: list[Spec] = [("Gemm", [None, np.float32([[0.25, -0.25, -0.75]]).T, np.float32([1 / 3])], {})]
    network = import_network(model(specs, (3,), classes=1), Fraction(10**6), (Fraction(2), Fraction(1)))
    first = network.nodes[0].layer
    assert isinstance(first, Dense)
    assert first.weight.tolist() == [[1, 0, -1]]
    assert first.bias == (round(Fraction(float(np.float32(1 / 3))) * 2 * 10**6),)


def test_weights_too_large() -> None:
    """2^31 and more are refused with the beta that makes them so."""
    with pytest.raises(InvalidInput, match=r"reaches 2\^31"):
        import_network(SMALL, Fraction(1), (Fraction(2**40), Fraction(1)))


def test_adds_are_equalised() -> None:
    """x + x^2 at alpha 8: x is multiplied by 8; scales too far apart are refused."""
    onnx_bytes = model([SQUARE, ("Add", [None, "x"], {})], classes=2)
    network = import_network(onnx_bytes, Fraction(8), (Fraction(1),))
    add = next(node.layer for node in network.nodes if isinstance(node.layer, Add))
    assert add.multipliers == (1, 8)
    with pytest.raises(UnsupportedModel, match="scales differ"):
        import_network(onnx_bytes, Fraction(2**33), (Fraction(1),), (0.0, 0.0))


def test_networks_with_adds_get_powers_of_two() -> None:
    """So that the multipliers of an Add stay small."""
    pointwise: Spec = ("Conv", [None, reals(3, 3, 1, 1)], {})
    network = import_network(model([pointwise, SQUARE, pointwise, ("Add", [None, "t1"], {})]))
    assert all(beta.numerator & (beta.numerator - 1) == 0 for beta in network.betas)
    add = next(node.layer for node in network.nodes if isinstance(node.layer, Add))
    assert max(add.multipliers) < 2**10
