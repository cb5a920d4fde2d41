"""Retrieval with payment: a responder proves which committed documents match, and sells them one by one for a price."""
