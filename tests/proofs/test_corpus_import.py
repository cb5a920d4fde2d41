"""Importers: what they make of files, that a buyer derives the same view from each payload, and what they refuse."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from proofs.commitment.corpus import Document, commit_corpus, corpus_of_arrays
from proofs.commitment.recipe import Recipe
from proofs.commitment.view_format import ViewFormat
from proofs.corpus_import import Imported, ViewOptions, check_payload, import_source, view_of_payload
from proofs.corpus_import.npy import row_bytes
from proofs.errors import InvalidInput, MissingArtifact

OPTIONS = ViewOptions(scale_bits=10, batch=2)
GREY = np.arange(48, dtype=np.uint8).reshape(6, 8)
COLOUR = np.arange(144, dtype=np.uint8).reshape(6, 8, 3)


def image_bytes(pixels: np.ndarray, kind: str = "PNG", mode: str | None = None) -> bytes:
    buffer = io.BytesIO()
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(buffer, kind)
    return buffer.getvalue()


def folder_of(tmp_path: Path, **files: bytes) -> Path:
    folder = tmp_path / "images"
    for name, raw in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    return folder


def csv_of(tmp_path: Path, raw: bytes) -> Path:
    path = tmp_path / "rows.csv"
    path.write_bytes(raw)
    return path


def check_all(imported: Imported) -> None:
    """Commit, and run the buyer's check on every document."""
    corpus = commit_corpus(imported.documents, imported.format, recipe=imported.recipe)
    for index in range(corpus.total):
        document = corpus.document(index)
        view = view_of_payload(document.payload, imported.recipe, imported.format)
        assert (
            view.shape == imported.format.shape and (view == document.view).all() and view.dtype == document.view.dtype
        )
        assert check_payload(document, imported.recipe, imported.format) is None
        raw = document.view.copy()
        raw.flat[-1] += 1 if raw.dtype.kind != "f" else 1.0
        assert "differs" in str(check_payload(Document(document.payload, raw), imported.recipe, imported.format))


@pytest.mark.parametrize("kind", ["PNG", "BMP", "PPM"])
@pytest.mark.parametrize(("pixels", "channels"), [(GREY, 1), (COLOUR, 3)])
def test_images(tmp_path: Path, kind: str, pixels: np.ndarray, channels: int) -> None:
    folder = folder_of(tmp_path, b_img=image_bytes(pixels, kind), a_img=image_bytes(255 - pixels, kind))
    imported = import_source(folder, OPTIONS)
    assert imported.names == ("a.img", "b.img")
    assert imported.format == ViewFormat((channels, 6, 8), "uint8", 8, 10, 2)
    assert imported.documents[1].payload == (folder / "b.img").read_bytes()
    expected = pixels[None] if channels == 1 else np.moveaxis(pixels, 2, 0)
    assert (imported.documents[1].view == expected).all()
    check_all(imported)


def test_images_below_in_another_shape(tmp_path: Path) -> None:
    raw = image_bytes(GREY)
    folder = folder_of(tmp_path, z_png=raw, a__y_png=raw, _hidden=b"x", a___git=b"x")
    imported = import_source(folder, replace(OPTIONS, shape=(48,), unit_bits=0))
    assert imported.names == ("a/y.png", "z.png") and imported.format.shape == (48,)
    assert imported.recipe == Recipe("images", shape=(1, 6, 8)) and imported.format.unit_bits == 0
    check_all(imported)
    turned = Document(image_bytes(GREY.reshape(8, 6)), GREY.reshape(48))
    assert "recipe says" in str(check_payload(turned, imported.recipe, imported.format))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "b.png cannot be read"),
        (b"text", "b.png cannot be read"),
        (image_bytes(GREY)[:-30], "b.png cannot be read"),
        (image_bytes(GREY[:, :7]), "b.png is 7 x 6 grey, a.png is 8 x 6 grey"),
        (image_bytes(COLOUR), "b.png is 8 x 6 colour, a.png is 8 x 6 grey"),
        (image_bytes(GREY, mode="1"), "mode 1"),
        (image_bytes(COLOUR, mode="RGBA"), "mode RGBA"),
        (image_bytes(COLOUR, mode="P"), "mode P"),
        (image_bytes(GREY.astype(np.uint16)), "mode I;16"),
        (image_bytes(COLOUR, "GIF"), "cannot be read"),
    ],
)
def test_images_that_cannot_be_used_are_named(tmp_path: Path, raw: bytes, words: str) -> None:
    folder = folder_of(tmp_path, a_png=image_bytes(GREY), b_png=raw)
    with pytest.raises(InvalidInput, match=words):
        import_source(folder, OPTIONS)


def test_transparency_and_size_are_refused_before_decoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    Image.fromarray(GREY).save(buffer, "PNG", transparency=3)
    with pytest.raises(InvalidInput, match="transparency"):
        import_source(folder_of(tmp_path, a_png=buffer.getvalue()), OPTIONS)
    monkeypatch.setattr("proofs.corpus_import.images.MAX_FEATURES", 47)
    with pytest.raises(InvalidInput, match="8 x 6 pixels"):
        import_source(folder_of(tmp_path, a_png=image_bytes(GREY)), OPTIONS)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 200), st.integers(0, 255), st.binary(max_size=20))
def test_damaged_images_end_in_one_error(place: int, value: int, tail: bytes) -> None:
    raw = bytearray(image_bytes(COLOUR))
    raw[place % len(raw)] = value
    recipe, shape = Recipe("images"), ViewFormat((3, 6, 8), "uint8", 8, 10, 1)
    for damaged in (bytes(raw), bytes(raw[: len(raw) // 2]) + tail, tail):
        try:
            assert view_of_payload(damaged, recipe, shape).shape == (3, 6, 8)
        except InvalidInput:
            pass


@pytest.mark.parametrize("files", [{}, {"_hidden": b"x"}])
def test_empty_folder(tmp_path: Path, files: dict[str, bytes]) -> None:
    folder = folder_of(tmp_path, **files)
    folder.mkdir(exist_ok=True)
    with pytest.raises(InvalidInput, match="holds no images"):
        import_source(folder, OPTIONS)


def test_csv_rows_keep_their_bytes(tmp_path: Path) -> None:
    raw = b'\xef\xbb\xbfname, a,b\r\n"x, ""q""\r\ny",1.5,-3\r\nz\xc3\xa4, 0.25 ,+4e1'
    imported = import_source(csv_of(tmp_path, raw), replace(OPTIONS, unit_bits=1, columns=("b", "a")))
    assert [d.payload for d in imported.documents] == [b'"x, ""q""\r\ny",1.5,-3', b"z\xc3\xa4, 0.25 ,+4e1"]
    assert [d.view.tolist() for d in imported.documents] == [[-6, 3], [80, 1]]
    assert imported.recipe == Recipe("csv", (2, 1)) and imported.format == ViewFormat((2,), "int16", 1, 10, 2)
    assert imported.names == ("row 2 of rows.csv", "row 4 of rows.csv")
    check_all(imported)


def test_csv_takes_all_columns_by_default(tmp_path: Path) -> None:
    imported = import_source(csv_of(tmp_path, b"a,b\n1,2\n-3,4\n"), OPTIONS)
    assert [d.view.tolist() for d in imported.documents] == [[1, 2], [-3, 4]] and imported.format.unit_bits == 0


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("0.5", 0, 1), ("-0.5", 0, -1), ("0.49999999999999999999", 0, 0), ("2.5", 0, 3), ("0.1", 4, 2), ("1e-9", 8, 0),
     ("-32768", 0, -32768), ("32767.4", 0, 32767), ("3276.75e1", 0, None), (".5", 1, 1), ("7.", 0, 7)],
)  # fmt: skip
def test_csv_numbers_round_exactly(tmp_path: Path, text: str, unit: int, value: int | None) -> None:
    path = csv_of(tmp_path, f"a\n{text}\n".encode())
    if value is None:
        with pytest.raises(InvalidInput, match="outside"):
            import_source(path, replace(OPTIONS, unit_bits=unit))
    else:
        assert import_source(path, replace(OPTIONS, unit_bits=unit)).documents[0].view.tolist() == [value]


@pytest.mark.parametrize(
    ("raw", "columns", "words"),
    [
        (b"", None, "is empty"),
        (b"a,b\n", None, "no rows"),
        (b"a,b\n1,2\n3\n", None, "row 3 of rows.csv has 1 fields"),
        (b"a,b\n1,2\n3,x\n", None, "row 3 of rows.csv, column 'b': 'x' is no number"),
        (b"a,b\n1,nan\n", None, "column 'b': 'nan' is no number"),
        (b"a,b\n1,inf\n", None, "no number"),
        (b"a,b\n1,1e999\n", None, "no number"),
        (b"a,b\n1," + b"9" * 41 + b"\n", None, "no number"),
        (b"a,b\n1,\n", None, "no number"),
        (b"a,b\n1,0x10\n", None, "no number"),
        (b"a,b\n1,1_000\n", None, "no number"),
        (b"a,b\n1,\xd9\xa1\n", None, "no number"),
        (b"a,b\n1,32768\n", None, "row 2 of rows.csv, column 'b': 32768 is 32768 units"),
        (b"a,b\n1,2\n", ("c",), "0 columns named 'c'"),
        (b"a,a\n1,2\n", ("a",), "2 columns named 'a'"),
        (b"a,b\n1,2\n", ("a", "a"), "each once"),
        (b"a,b\n1,\xff\n", None, "row 2 of rows.csv cannot be read"),
        (b'a,b\n1,"2\n', None, "row 2 of rows.csv cannot be read"),
        (b'a,b\n1,"2"x\n', None, "row 2 of rows.csv cannot be read"),
        (b"a,b\n1,2\n\n3,4\n", None, "row 3 of rows.csv is empty"),
        (b"a,b\n1,2\r3,4\n", None, "row 2 of rows.csv cannot be read"),
    ],
)
def test_csv_files_that_cannot_be_used(tmp_path: Path, raw: bytes, columns: tuple[str, ...] | None, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        import_source(csv_of(tmp_path, raw), replace(OPTIONS, columns=columns))


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("uint8", "uint8"), ("int8", "int16"), ("int16", "int16"), ("uint16", "int16"), ("int64", "int16"),
     ("uint64", "int16"), ("float16", "fixed"), ("float32", "fixed"), ("float64", "fixed"), (">f8", "fixed")],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_arrays(tmp_path: Path, dtype: str, expected: str, suffix: str) -> None:
    x = np.arange(60).reshape(5, 4, 3).astype(dtype) / (7 if expected == "fixed" else 1)
    x = x.astype(dtype)
    path = tmp_path / f"a.{suffix}"
    np.save(path, x) if suffix == "npy" else np.savez(path, x=x)
    imported = import_source(path, OPTIONS)
    assert imported.format.dtype == expected and imported.format.shape == (4, 3) and len(imported.documents) == 5
    loaded = np.load(io.BytesIO(imported.documents[3].payload))
    assert (loaded == x[3]).all() and loaded.dtype == x.dtype
    check_all(imported)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (np.zeros(5), "documents need shape"),
        (np.zeros((0, 3)), "documents need shape"),
        (np.array(3), "documents need shape"),
        (np.zeros((2, 3), complex), "dtype complex"),
        (np.zeros((2, 3), bool), "dtype bool"),
        (np.full((2, 3), "a"), "dtype <U1"),
        (np.zeros((2, 3), np.longdouble), "dtype"),
    ],
)
def test_arrays_that_cannot_be_used(tmp_path: Path, x: np.ndarray, words: str) -> None:
    np.save(tmp_path / "a.npy", x)
    with pytest.raises(InvalidInput, match=words):
        import_source(tmp_path / "a.npy", OPTIONS)


def test_integers_beyond_int16_are_named_when_committed(tmp_path: Path) -> None:
    x = np.zeros((4, 2), np.int64)
    x[2, 1] = 40000
    np.save(tmp_path / "a.npy", x)
    imported = import_source(tmp_path / "a.npy", OPTIONS)
    with pytest.raises(InvalidInput, match="document 2: its view lies outside"):
        commit_corpus(imported.documents, imported.format)


@pytest.mark.parametrize("raw", [b"", b"\x93NUMPY", b"text", b"PK\x03\x04junk"])
def test_damaged_arrays(tmp_path: Path, raw: bytes) -> None:
    for name in ("a.npy", "a.npz"):
        (tmp_path / name).write_bytes(raw)
        with pytest.raises(InvalidInput):
            import_source(tmp_path / name, OPTIONS)


def test_sources_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b.csv").write_text("a\n1\n")
    np.savez(tmp_path / "c.npz", y=np.zeros(3))
    for path, options, kind, words in (
        (tmp_path / "absent", OPTIONS, None, "does not exist"),
        (tmp_path / "a.txt", OPTIONS, None, "say --kind"),
        (tmp_path / "b.csv", OPTIONS, "images", "needs the other"),
        (tmp_path, OPTIONS, "csv", "needs the other"),
        (tmp_path / "b.csv", OPTIONS, "video", "unknown"),
        (tmp_path / "b.csv", replace(OPTIONS, shape=(2,)), None, "do not fit"),
        (tmp_path / "c.npz", OPTIONS, None, "lacks the arrays"),
        (tmp_path / "c.npz", replace(OPTIONS, columns=("a",)), None, "for CSV"),
    ):
        with pytest.raises((InvalidInput, MissingArtifact), match=words):
            import_source(path, options, kind)


SHAPE = ViewFormat((4,), "fixed", 10, 10, 1)
NPY = row_bytes(np.linspace(-1, 1, 4))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        NPY[:-1],
        NPY + b"\0",
        NPY.replace(b"(4,)", b"(5,)"),
        NPY.replace(b"(4,)", b"(-4,)"),
        NPY.replace(b"'<f8'", b"'|O8'"),
        NPY.replace(b"'<f8'", b"'<f1'"),
        NPY.replace(b"'<f8'", b"'|f8'"),
        NPY.replace(b"(4,), ", b"(1 4),"),
        NPY.replace(b"(4,), }", b"(4, ,),"),
        NPY.replace(b"(4,), }" + 2 * b" ", b"(1, 4), }"),
        NPY.replace(b"False", b"True "),
        NPY.replace(b"'fortran", b"\"fortran"),
        NPY[:6] + b"\2\0" + NPY[8:],
        row_bytes(np.full(4, np.nan)),
        row_bytes(np.zeros((2, 2))),
        row_bytes(np.full(4, 1e9)),
        b"\x93NUMPY\1\0\xff\xff" + b"(" * 65535,
        NPY[:10] + b"[" * 118 + NPY[128:],
    ],
)  # fmt: skip
def test_hostile_npy_payloads(payload: bytes) -> None:
    with pytest.raises(InvalidInput):
        view_of_payload(payload, Recipe("npy"), SHAPE)


@pytest.mark.parametrize("payload", [b"", b"1", b"1,2\n3,4", b"x,y", b"1,99999", b"\xff,1", b'1,"2', b"1,2\r3"])
def test_hostile_csv_payloads(payload: bytes) -> None:
    with pytest.raises(InvalidInput):
        view_of_payload(payload, Recipe("csv", (1, 0)), ViewFormat((2,), "int16", 0, 10, 1))


def test_payloads_of_plain_arrays() -> None:
    corpus = corpus_of_arrays(np.linspace(-1, 1, 12).reshape(3, 4), SHAPE, public=False)
    assert all(check_payload(corpus.document(i), corpus.recipe, SHAPE) is None for i in range(3))
    for payload in (b"", corpus.payloads[0][:-1], b"\x7f" + corpus.payloads[0][1:]):
        with pytest.raises(InvalidInput):
            view_of_payload(payload, corpus.recipe, SHAPE)


def test_recipe_that_does_not_fit_the_format() -> None:
    with pytest.raises(InvalidInput, match="does not fit"):
        view_of_payload(row_bytes(np.zeros(3)), Recipe("npy", shape=(3,)), SHAPE)


@pytest.mark.parametrize("arguments", [("video",), ("csv",), ("npy", (1,)), ("npy", (), (0,)), ("npy", (), (1,) * 9)])
def test_recipes_that_cannot_be(arguments: tuple[object, ...]) -> None:
    with pytest.raises(InvalidInput):
        Recipe(*arguments)  # type: ignore[arg-type]
