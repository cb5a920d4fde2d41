"""Post between two parties who share no folder: what travels, who may leave what, and where it is kept. No network.

One side has an office that others call; either may be the one. Whatever is delivered lands in a private folder that a
``DirectoryChannel`` reads, and whatever a party sends through a ``DirectoryChannel`` is fetched from there, so parties,
mailboxes and journals know nothing of it. The HTTP around it is in ``assay.postbox``.
"""
