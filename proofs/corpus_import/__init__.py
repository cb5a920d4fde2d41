"""Making documents of what people have: folders of images, CSV files, NumPy arrays; and the buyer's check of each.

Every importer keeps the source's bytes as the payload and derives the view by a public recipe, so that whoever holds a
payload can derive the view again (``view_of_payload``) and compare.
"""

from proofs.corpus_import.options import Imported, ViewOptions
from proofs.corpus_import.payload import check_payload, view_of_payload
from proofs.corpus_import.source import import_source, kind_of

__all__ = ["Imported", "ViewOptions", "check_payload", "import_source", "kind_of", "view_of_payload"]
