"""The data sets of the SafetyNets networks: what is drawn, and that it is the same at every call."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from examples.safetynets import backrand, speech
from examples.safetynets.data import Digits, data_folder, hold_out

BACK_RAND_TEST_SHA256 = "ef9a10d8774766a04a7e979557268e34b8ddaf1f42bad160c91c7d0c0aea30c3"


def needs(name: str) -> Callable[..., object]:
    """Skip where the data set is not there."""
    try:
        missing = not data_folder(name).is_dir()
    except FileNotFoundError:
        missing = True
    return pytest.mark.skipif(missing, reason=f"no {name} in ASSAY_DATA")


def test_a_missing_data_set_names_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="set ASSAY_DATA"):
        data_folder("mnist")


def test_hold_out_splits_without_overlap() -> None:
    digits = Digits(np.arange(20, dtype=np.uint8)[:, None, None], np.arange(20))
    kept, held = hold_out(digits, 5, 1)
    again = hold_out(digits, 5, 1)[1]
    assert sorted([*kept.labels, *held.labels]) == list(range(20))
    assert np.array_equal(held.labels, again.labels)
    assert np.array_equal(held.images[:, 0, 0], held.labels)


def test_noise_never_darkens_a_digit() -> None:
    images = np.random.default_rng(0).integers(0, 256, (50, 28, 28), np.uint8)
    noisy = backrand.over_noise(images, np.random.default_rng(1))
    assert (noisy >= images).all()
    assert abs(backrand.over_noise(np.zeros_like(images), np.random.default_rng(1)).mean() - 127.5) < 1


@needs("mnist")
def test_back_rand_is_the_same_at_every_call() -> None:
    train, clean = backrand.split()
    test = backrand.load_test()
    assert (len(train), len(test)) == (12_000, 50_000)
    assert np.array_equal(clean.labels, test.labels)
    assert hashlib.sha256(test.images.tobytes() + test.labels.tobytes()).hexdigest() == BACK_RAND_TEST_SHA256


def test_mel_filters_cover_the_band_once() -> None:
    filters = speech.mel_filters()
    assert filters.shape == (speech.BANDS, speech.TRANSFORM // 2 + 1)
    assert (filters >= 0).all()
    assert (filters.sum(0) <= 1 + 1e-9).all()


def test_differences_of_a_ramp_are_its_slope() -> None:
    ramp = np.arange(12.0)[:, None] * [1.0, -3.0]
    assert np.allclose(speech.differences(ramp)[2:-2], [1.0, -3.0])


def test_short_signals_still_have_a_frame() -> None:
    frames = speech.frame_features(np.zeros(100), speech.mel_filters())
    assert frames.shape == (1, speech.FEATURES)
    assert speech.spread_frames(frames).shape == (speech.FRAMES * speech.FEATURES,)


def test_spread_frames_start_and_end_with_the_recording() -> None:
    frames = np.repeat(np.linspace(0, 1, 57, dtype=np.float32)[:, None], speech.FEATURES, 1)
    found = speech.spread_frames(frames)[:: speech.FEATURES]
    assert (found[0], found[-1]) == (0, 1)
    assert np.abs(np.diff(found) - 1 / 14).max() < 1 / 56


@needs("fsdd")
def test_official_split() -> None:
    _, digits, parts = speech.load_signals()
    counts = {part: int((parts == part).sum()) for part in ("train", "validation", "test")}
    assert counts == {"train": 2_400, "validation": 300, "test": 300}
    assert np.bincount(digits[parts == "test"]).tolist() == [30] * 10
