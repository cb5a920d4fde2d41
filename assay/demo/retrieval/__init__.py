"""Retrieval with payment: one class out of a committed corpus, and the ways not to deliver or not to pay for it."""
