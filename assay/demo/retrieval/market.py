"""Where the retrieval games play: a corpus of real images for sale on a chain of its own, the same for every game.

Every chain begins alike (same accounts, same deployments, same addresses) and every search has the same nonce, so all
games have one job tag and the proofs of the first serve the others: each starts from the same proven search.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assay.demo.accuracy.stage import third_party
from assay.demo.material import Material
from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.parties.corpus_check import CheckedCorpus, check_corpus, publish_corpus
from escrow.parties.corpus_listing import Prices
from escrow.retrieval import RetrievalEscrow
from escrow.signers import LocalSigner
from proofs.commitment.corpus import Corpus, commit_corpus
from proofs.commitment.input_format import InputFormat
from proofs.corpus_import import ViewOptions, import_source
from proofs.halo2.architecture import split_model
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.commit import CommitOptions, choose_parameters
from proofs.halo2.runner import Progress
from proofs.halo2.secret_model import SecretModel

NOBODY, RESPONDER, REQUESTER = 0, 1, 2
MIN_WINDOW_S = 3600
PIXEL_BITS = 8
PRICES = Prices(proving_cost=10**13, price=10**15, max_deposit=10**18)


@dataclass(frozen=True)
class Goods:
    """What the responder holds, secret: model, corpus and the labels of its documents (which nobody proves)."""

    model: SecretModel
    corpus: Corpus
    labels: tuple[int, ...]


@dataclass(frozen=True)
class Market:
    """One chain with the goods on sale, checked by the requester."""

    chain: Chain
    checked: CheckedCorpus
    goods: Goods

    @property
    def escrow(self) -> RetrievalEscrow:
        """The escrow."""
        return self.checked.escrow

    def account(self, index: int) -> LocalSigner:
        """A development account."""
        return dev_account(self.chain, index)


def prepare(material: Material, documents: int, folder: Path, progress: Progress) -> Goods:
    """Write ``documents`` digit images as PNG files, commit to them, and commit to the model that will be asked."""
    labels = _write_images(material, documents, folder)
    with Anvil() as anvil:  # only to learn the responder's address, the same on every fresh chain
        owner = bytes.fromhex(str(dev_account(Chain.connect(anvil.url), RESPONDER).address)[2:])
    shape = InputFormat(tuple(np.shape(material.x)[1:]), material.scale_bits, material.classes, material.batch)
    # Twice as many as there are batches: in each game the responder sees to it that it could prove them all again.
    options = CommitOptions(binding="polycommit", proofs=2 * -(-documents // material.batch), owner=owner)
    third_party(choose_parameters(split_model(material.model)[0], shape, options, progress).logrows, progress)
    progress("commit model and corpus")
    model = Halo2Backend(progress).commit_model(material.model, shape, options)
    wanted = ViewOptions(unit_bits=PIXEL_BITS, scale_bits=material.scale_bits, batch=material.batch, shape=shape.shape)
    found = import_source(folder, wanted, "images")
    return Goods(model, commit_corpus(found.documents, found.format, recipe=found.recipe), labels)


@contextmanager
def open_market(goods: Goods, progress: Progress) -> Iterator[Market]:
    """A fresh chain with contracts deployed and the goods listed."""
    with Anvil() as anvil:
        chain = Chain.connect(anvil.url)
        escrow = RetrievalEscrow.deploy(chain, dev_account(chain, NOBODY), MIN_WINDOW_S)
        seller = dev_account(chain, RESPONDER)
        commitments = (goods.model.commitment, goods.corpus.commitment)
        listing = publish_corpus(chain, seller, *commitments, escrow, PRICES, progress=progress)
        yield Market(chain, check_corpus(chain, listing, progress=progress), goods)


def _write_images(material: Material, documents: int, folder: Path) -> tuple[int, ...]:
    """The first ``documents`` held-out digits as 8x8 grey PNG files, 0 black to 255 white; returns their labels."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    side = int(np.sqrt(material.x[0].size))
    for index in range(documents):
        pixels = np.clip(np.round(np.asarray(material.x[index], dtype=np.float64) * 256), 0, 255).astype(np.uint8)
        Image.fromarray(pixels.reshape(side, side)).save(folder / f"digit-{index:04d}.png")
    return tuple(int(label) for label in material.y[:documents])
