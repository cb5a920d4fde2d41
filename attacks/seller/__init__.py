"""The attacked side: a small model, and real proofs of it. The attacks see only ``public.PublicView``."""
