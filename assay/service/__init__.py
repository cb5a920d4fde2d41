"""The HTTP service of prediction rounds: a provider that answers at once and can prove it later, and its client.

``round`` is what both sides agreed on, ``app`` and ``engine`` the provider, ``client`` the other side, ``contests``
what either needs when an answer is disputed on chain.
"""
