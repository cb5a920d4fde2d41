"""One file per command of the ``assay`` program."""
