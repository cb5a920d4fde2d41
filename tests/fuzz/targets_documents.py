"""Data and documents: NumPy files, CSV, images, and the reference string of a ceremony."""

from __future__ import annotations

import numpy as np

from assay.data import load_labelled
from assay.inputs import load_commitment
from fuzz import seeds_commitments as seeds
from fuzz.seeds_commitments import ARRAY, OPTIONS, ROWS, SHAPE, archive, npy, picture
from fuzz.target import Target, as_file
from proofs.commitment.input_format import InputFormat
from proofs.commitment.test_set import commit_test_set
from proofs.corpus_import.options import ViewOptions
from proofs.corpus_import.source import import_source

IMPORT = "proofs.corpus_import"
TARGETS = (
    Target(
        "labelled data",
        as_file("data.npz", load_labelled),
        lambda: [archive(x=ARRAY, y=np.array([1, 0])), archive(True, x=np.ones((2, 3)), y=np.array([1, 2]))],
        ("assay.data.load_labelled",),
    ),
    Target(
        "labelled data committed",
        as_file(
            "commit.npz",
            lambda path: commit_test_set(*load_labelled(path), SHAPE, seeds.stand_in_hash, public=True),
        ),
        lambda: [archive(x=np.random.default_rng(2).uniform(0, 1, (4, 8)), y=np.array([0, 1, 2, 0]))],
        (),
    ),
    Target(
        "public inputs",
        as_file("x.npz", lambda path: load_commitment(path, None, InputFormat((3,), 8, 3, 2))),
        lambda: [archive(x=ARRAY)],
        ("assay.inputs.load_inputs", "assay.inputs.load_corpus", "assay.inputs.load_commitment"),
    ),
    Target(
        "NumPy file of documents",
        as_file("rows.npy", lambda path: import_source(path, OPTIONS)),
        lambda: [npy(ARRAY), npy(np.arange(6, dtype=np.uint8).reshape(3, 2))],
        (f"{IMPORT}.npy.import_npy", f"{IMPORT}.source.import_source"),
    ),
    Target(
        "NumPy archive of documents",
        as_file("rows.npz", lambda path: import_source(path, OPTIONS)),
        lambda: [archive(x=ARRAY)],
        (),
    ),
    Target(
        "CSV file of documents",
        as_file("rows.csv", lambda path: import_source(path, ViewOptions(8, 1, columns=("price", "size")))),
        lambda: [ROWS],
        (f"{IMPORT}.csv_rows.import_csv",),
    ),
    Target(
        "folder of images",
        seeds.pictures,
        lambda: [picture(), picture("BMP"), picture("PPM"), picture("JPEG"), picture("PNG", colour=False)],
        (f"{IMPORT}.images.import_images",),
    ),
    Target(
        "delivered payload",
        seeds.payload,
        lambda: [picture(), picture("JPEG"), b"1.5,x,-2", npy(ARRAY[0]), ARRAY[0].astype(">i4").tobytes()],
        (),
    ),
    Target(
        "reference string",
        seeds.reference_string,
        lambda: [b"\x0b\0\0\0" + bytes(96)],
        ("proofs.halo2.srs.import_file",),
    ),
)
