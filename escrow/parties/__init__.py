"""Seller and buyer at work: carry out on chain and channel what the pure decisions of ``protocols`` ask for."""
