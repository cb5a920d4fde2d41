"""Delegated inference: a server runs a network both sides hold, and convinces the client interactively."""
