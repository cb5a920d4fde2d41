"""A whole accuracy audit of many examples, settled through the escrow with real proofs: how long, and how much gas."""
