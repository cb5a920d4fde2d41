"""Spoken digits as 15 frames of 123 features: 40 log-mel bands and energy, with first and second differences.

TIMIT, which the paper used, is licensed and not used here. The task therefore differs: one of ten digits for a whole
recorded word (15 frames spread evenly over it) against one of 183 phone states for the middle of 15 adjacent frames.
The input's size, 15 x 123 = 1,845, and the network are the paper's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examples.safetynets.data import data_folder

SAMPLE_RATE = 8_000
WINDOW, HOP, TRANSFORM = 200, 80, 256  # 25 ms every 10 ms
BANDS, FRAMES = 40, 15
STATIC = BANDS + 1
FEATURES = 3 * STATIC  # 123
SPREAD = 2.0  # standard deviations that become 1; beyond is clipped
DELTA_REACH = 2  # frames to either side in a difference
VALIDATION_RECORDINGS = range(5, 10)  # of the training part; 0-4 are the official test part
SIGNAL_SHA256 = "4e0317650d9c876eeda8788b4d4132af747e323d495a3da12c9bce9bc456a45f"


@dataclass(frozen=True, slots=True)
class Recordings:
    """Every recording's frames (T, 123), its digit, and the part it belongs to: train, validation or test."""

    frames: tuple[NDArray[np.float32], ...]
    digits: NDArray[np.int64]
    parts: NDArray[np.str_]

    def rows(self, part: str) -> NDArray[np.int64]:
        """Indices of a part."""
        return np.flatnonzero(self.parts == part)


def load_signals() -> tuple[list[NDArray[np.float64]], NDArray[np.int64], NDArray[np.str_]]:
    """The recordings as samples in [-1, 1), their digits and parts."""
    with np.load(data_folder("fsdd") / "fsdd_delta.npz") as kept:
        difference = kept["delta_lo"].astype(np.uint16) | kept["delta_hi"].astype(np.uint16) << 8
        signal = np.cumsum(difference.view(np.int16), dtype=np.int16)
        ends = zip(kept["offset"], kept["length"], strict=True)
        cuts = [signal[start : start + length] / 2**15 for start, length in ends]
        digits, recording, is_test = kept["digit"].astype(np.int64), kept["recording"], kept["is_test"]
    if hashlib.sha256(signal.astype("<i2").tobytes()).hexdigest() != SIGNAL_SHA256:
        raise ValueError("the decoded signal is not the one its README names: fetch the data set again")
    held = np.isin(recording, VALIDATION_RECORDINGS)
    return cuts, digits, np.where(is_test, "test", np.where(held, "validation", "train"))


def mel_filters() -> NDArray[np.float64]:
    """Triangular filters (40, 129), evenly spaced in mel between 0 and 4 kHz."""
    top = 2595 * np.log10(1 + SAMPLE_RATE / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, BANDS + 2) / 2595) - 1)
    bins = np.arange(TRANSFORM // 2 + 1) * SAMPLE_RATE / TRANSFORM
    left, middle, right = (edges[k : k + BANDS, None] for k in range(3))
    return np.maximum(0, np.minimum((bins - left) / (middle - left), (right - bins) / (right - middle)))


def differences(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Regression slope over two frames to either side, ends repeated."""
    padded = np.pad(values, ((DELTA_REACH, DELTA_REACH), (0, 0)), mode="edge")
    count = len(values)
    steps = range(1, DELTA_REACH + 1)
    total = sum(k * (padded[DELTA_REACH + k :][:count] - padded[DELTA_REACH - k :][:count]) for k in steps)
    return np.asarray(total / (2 * sum(k * k for k in steps)))


def frame_features(signal: NDArray[np.float64], filters: NDArray[np.float64]) -> NDArray[np.float32]:
    """Frames (T, 123) of one recording."""
    padded = np.pad(signal, (0, max(0, WINDOW - len(signal))))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP] * np.hamming(WINDOW)
    power = np.abs(np.fft.rfft(windows, TRANSFORM)) ** 2
    bands = np.log(power @ filters.T + 1e-6)
    energy = np.log((windows**2).sum(1, keepdims=True) + 1e-6)
    static = np.concatenate([bands, energy], 1)
    first = differences(static)
    return np.concatenate([static, first, differences(first)], 1).astype(np.float32)


def load_recordings() -> Recordings:
    """All 3,000 recordings, features standardised by the training part and scaled so that 2 deviations are 1."""
    signals, digits, parts = load_signals()
    filters = mel_filters()
    frames = [frame_features(signal, filters) for signal in signals]
    known = np.concatenate([frame for frame, part in zip(frames, parts, strict=True) if part == "train"])
    middle, spread = known.mean(0), known.std(0) * SPREAD
    return Recordings(tuple((frame - middle) / spread for frame in frames), digits, parts)


def spread_frames(frames: NDArray[np.float32], start: float = 0.0, stop: float = 1.0) -> NDArray[np.float32]:
    """15 frames between two fractions of the recording, as one input (1845,) clipped to [-1, 1]."""
    places = np.rint((start + (stop - start) * np.arange(FRAMES) / (FRAMES - 1)) * (len(frames) - 1)).astype(np.int64)
    return np.clip(frames[np.clip(places, 0, len(frames) - 1)].reshape(-1), -1, 1)


def inputs(recordings: Recordings, part: str) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Inputs (N, 1845) in [-1, 1] and digits of a part."""
    rows = recordings.rows(part)
    return np.stack([spread_frames(recordings.frames[row]) for row in rows]), recordings.digits[rows]
