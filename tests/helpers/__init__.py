"""Small things several test folders need: tiny models, and rebuilding frozen records with a field changed."""
