"""The whole exchange on a local chain: one honest seller, and every way we know of not to be one."""
