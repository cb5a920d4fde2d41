"""What proofs state: frozen, versioned, one canonical encoding, one digest each."""
