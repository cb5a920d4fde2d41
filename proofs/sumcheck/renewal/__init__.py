"""Two hiding matrices hold the same entries: proven without showing any, so that one can take the other's place."""
