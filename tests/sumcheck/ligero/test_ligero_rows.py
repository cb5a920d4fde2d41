"""Matrices of several parts, with blocks and without; what is hidden, and what is committed to."""

from __future__ import annotations

import numpy as np
import pytest
from ligero_kit import FAST, PLAIN, TWINS, P, Table, random_point, random_vector, with_codewords

from proofs.errors import MalformedProof, RejectedProof
from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.exchange import Received
from proofs.sumcheck.fields import Field, PlainField, Scalar
from proofs.sumcheck.fields.primes import SmallPrime
from proofs.sumcheck.ligero import commit as committing
from proofs.sumcheck.ligero import plain
from proofs.sumcheck.ligero.commit import BLOCKS, Rows, commit, commit_hiding, commit_rows, hiding_rows
from proofs.sumcheck.ligero.hashes import salts
from proofs.sumcheck.ligero.opening import checked_columns, prove_opening, row_weights, shown, spans, verify_opening
from proofs.sumcheck.ligero.parameters import Code
from proofs.sumcheck.ligero.queries import columns_bytes
from proofs.sumcheck.ligero.randomness import uniform

GOLDEN = "4ff24e5fb22cc310ec0ee8a3821f23624408369cfb99b8fbc307775f47221fa4"
TINY = PlainField("m7", SmallPrime(127), 4)
Point = tuple[Scalar, ...]


def part(rows: int, block: int, log_columns: int, seed: int = 0) -> Rows:
    """Random rows."""
    entries = random_vector(rows << log_columns, seed).reshape(rows, -1)
    return Rows(entries, random_vector(rows * block, seed + 1).reshape(rows, block) if block else None)


def parts_of(counts: list[tuple[int, int]], log_columns: int) -> list[Rows]:
    """Parts of so many rows and so long blocks."""
    return [part(rows, block, log_columns, 10 * k) for k, (rows, block) in enumerate(counts)]


def words_of(parts: list[Rows]) -> Table:
    """All rows' words, part by part."""
    return np.concatenate([encode(PLAIN, each.entries, each.block) for each in parts])


MIXED = [(9, 4), (4, 16), (3, 0), (1, 1), (2, 0)]


@TWINS
def test_the_leaves_are_of_all_parts_rows(f: Field) -> None:
    parts = parts_of(MIXED, 4)
    matrix = commit_rows(f, parts, b"s", 4)
    leaves = plain.leaf_digests(salts(b"s", 64), words_of(parts))
    assert np.array_equal(matrix.tree.levels[0], leaves)
    assert matrix.root == matrix.tree.root
    assert (matrix.row_count, matrix.hides) == (19, True)
    assert matrix.rows is parts[0].entries
    assert np.array_equal(matrix.columns(f, [3, 40, 63]), words_of(parts)[:, [3, 40, 63]])


@pytest.mark.parametrize(
    "counts",
    [
        [(1, 2)],
        [(59, 8), (1, 0), (4, 16)],
        [(60, 8), (64, 0), (4, 16)],
        [(61, 8), (4, 16), (4, 0), (4, 0)],
        [(124, 4), (1, 1)],
        [(30, 0), (200, 8), (7, 2)],
    ],
)
def test_bands_go_across_parts(counts: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    parts = parts_of(counts, 4)
    kept = commit_rows(PLAIN, parts, b"s", 4)
    monkeypatch.setattr(committing, "KEPT", 0)
    streamed = commit_rows(FAST, parts, b"s", 4)
    assert streamed.codewords is None and kept.codewords is not None
    assert streamed.root == kept.root
    assert np.array_equal(streamed.columns(FAST, [0, 5, 63]), kept.codewords[:, [0, 5, 63]])


@TWINS
def test_rows_without_blocks_are_the_vector(f: Field) -> None:
    vector = random_vector(5 << 9)
    one = commit(f, vector, b"s", 9)
    entries = vector.reshape(5, -1)
    assert commit_rows(f, [Rows(entries)], b"s", 9).root == one.root
    assert commit_rows(f, [Rows(entries[:2]), Rows(entries[2:])], b"s", 9).root == one.root
    assert not one.hides and one.row_count == 5


@TWINS
def test_a_hidden_vector_has_blocks_of_its_seed(f: Field) -> None:
    vector = random_vector((3 << 9) - 7)
    matrix = commit_hiding(f, vector, b"s", 9, 256)
    blocks = uniform(b"s", BLOCKS, (3, 256))
    assert matrix.rows.reshape(-1)[: vector.size].tolist() == vector.tolist()
    assert not matrix.rows.reshape(-1)[vector.size :].any()
    assert np.array_equal(matrix.codewords, encode(f, matrix.rows, blocks))
    assert matrix.root == commit_rows(f, [Rows(matrix.rows, blocks)], b"s", 9).root
    roots = {commit_hiding(f, vector, seed, 9, b).root for seed in (b"s", b"t") for b in (128, 256)}
    assert len({*roots, commit(f, vector, b"s", 9).root}) == 5
    assert matrix.root in roots


def test_labels_make_blocks_of_one_seed_differ() -> None:
    entries = random_vector(2 << 9).reshape(2, -1)
    one, other = (hiding_rows(PLAIN, entries, b"s", label, 64).block for label in (b"a", b"b"))
    assert one is not None and other is not None and not (one == other).any()


def test_a_hidden_root_of_the_released_format_stays() -> None:
    vector = np.arange(3, 3 + (5 << 9), dtype=np.uint32) * 1000
    for f in (PLAIN, FAST):
        assert commit_hiding(f, vector, b"golden", 9, 256).root.hex() == GOLDEN


@TWINS
def test_rows_that_are_none_are_refused(f: Field) -> None:
    good, block = np.zeros((2, 16), dtype=np.uint32), np.zeros((2, 4), dtype=np.uint32)
    wrong = [
        ("no rows", []),
        ("rows of uint32", [Rows(good[:0])]),
        ("rows of uint32", [Rows(good.astype(np.int32))]),
        ("rows of uint32", [Rows(good[0])]),
        ("rows of uint32", [Rows(good, block.astype(np.uint64))]),
        ("rows of uint32", [Rows(good, block[:, :0])]),
        ("have 16 entries", [Rows(good), Rows(good[:, :8])]),
        ("power of two", [Rows(good, block[:1])]),
        ("power of two", [Rows(good, block[:, :3])]),
        ("longer than its row", [Rows(good, np.zeros((2, 32), dtype=np.uint32))]),
        ("not below the prime", [Rows(good), Rows(good, block + np.uint32(P))]),
        ("not below the prime", [Rows(good + np.uint32(P), block)]),
    ]
    for match, parts in wrong:
        with pytest.raises(ValueError, match=match):
            commit_rows(f, parts, b"s", 4)
    for length in (0, 3, 32):
        with pytest.raises(ValueError):
            commit_hiding(f, good.reshape(-1), b"s", 4, length)


def test_what_hides_is_not_opened_by_the_protocol_that_does_not() -> None:
    matrices = [commit(PLAIN, random_vector(16), b"s", 4), commit_hiding(PLAIN, random_vector(16), b"t", 4, 4)]
    with pytest.raises(ValueError, match="hide something"):
        next(prove_opening(PLAIN, "o", matrices, random_point(5)))


@TWINS
def test_columns_of_all_parts_are_shown_and_checked(f: Field) -> None:
    """As another opening uses them: weights of all rows, columns of every matrix under its root."""
    several = [commit_rows(f, parts_of(MIXED, 4), b"s", 4), commit_hiding(f, random_vector(40), b"t", 4, 8)]
    code, asked, counts = Code(4, 16), [0, 7, 8, 33], [19, 3]
    raw = b"".join(shown(f, matrix, asked) for matrix in several)
    assert len(raw) == columns_bytes(counts, asked, code)
    claimed = [(matrix.root, rows) for matrix, rows in zip(several, counts, strict=True)]
    entries = checked_columns(raw, claimed, asked, code)
    assert np.array_equal(entries.T, np.concatenate([matrix.columns(f, asked) for matrix in several]))
    assert list(spans(counts)) == [(0, 19), (19, 22)]
    weights = row_weights(f, counts, random_point(9), 4)
    rows = np.zeros((22, 32), dtype=np.uint32)
    at = 0
    for each in (each for matrix in several for each in matrix.parts):
        rows[at : at + len(each), :16] = each.entries
        if each.block is not None:
            rows[at : at + len(each), 16 : 16 + each.block.shape[1]] = each.block
        at += len(each)
    u = f.combine_rows(rows.view(np.int32), weights)
    word = encode(f, np.ascontiguousarray(u[:, :16]), np.ascontiguousarray(u[:, 16:]))
    assert np.array_equal(f.combine_columns(entries, weights), word[:, asked])
    with pytest.raises(RejectedProof, match="opening-root"):
        checked_columns(raw[:16] + bytes([raw[16] ^ 1]) + raw[17:], claimed, asked, code)


def verify_messages(point: Point, value: Scalar, root: bytes, raws: list[bytes], challenges: Point) -> None:
    """The verifier on two messages."""
    verifier = verify_opening(TINY, "o", [(root, 5)], point, value, 4)
    next(verifier)
    wanted = verifier.send(Received((), challenges, raws[0]))
    assert wanted.raw_bytes == len(raws[1])
    with pytest.raises(StopIteration):
        verifier.send(Received((), (), raws[1]))


def test_commitments_over_a_small_circle_open() -> None:
    rng = np.random.default_rng(3)
    vector = rng.integers(0, 127, 5 << 4, dtype=np.uint32)
    matrix = commit(TINY, vector, b"s", 4)
    point = tuple(tuple(c % 127 for c in scalar) for scalar in random_point(7))
    weights = TINY.eq_table(point, 5 << 4)
    value = TINY.dot(TINY.lift(vector), weights)
    prover = prove_opening(TINY, "o", [matrix], point)
    u = next(prover)
    challenges = tuple(tuple(row) for row in rng.integers(0, 127, (u.challenges, 4)).tolist())
    sent = prover.send(challenges)
    verify_messages(point, value, matrix.root, [u.raw, sent.raw], challenges)
    with pytest.raises(RejectedProof, match="opening-value"):
        wrong = TINY.scalars.add(value, TINY.scalars.one)
        verify_messages(point, wrong, matrix.root, [u.raw, sent.raw], challenges)
    with pytest.raises(MalformedProof, match="not below the prime"):
        respelt = (u.raw[0] + 127).to_bytes(4, "little") + u.raw[4:]
        verify_messages(point, value, matrix.root, [respelt, sent.raw], challenges)
    with pytest.raises(ValueError, match="not below the prime"):
        commit(TINY, vector + np.uint32(127), b"s", 4)
    hidden = commit_hiding(TINY, vector, b"s", 4, 8)
    assert hidden.parts[0].block is not None and int(hidden.parts[0].block.max()) == 126


def test_columns_over_a_small_circle_have_one_spelling() -> None:
    matrix = commit(TINY, np.arange(16, dtype=np.uint32), b"s", 4)
    words = matrix.codewords.copy()
    words[0, 5] += 127
    respelt = with_codewords(matrix, words)
    for asked in ([4, 6], [5]):
        raw, claimed = shown(TINY, respelt, asked), [(respelt.root, 1)]
        if asked == [4, 6]:
            assert checked_columns(raw, claimed, asked, Code(4, prime=127)).shape == (2, 1)
        else:
            with pytest.raises(MalformedProof, match=r"column of matrix 0.*not below the prime"):
                checked_columns(raw, claimed, asked, Code(4, prime=127))
