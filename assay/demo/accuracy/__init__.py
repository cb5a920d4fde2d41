"""The accuracy audit: one honest seller, and every way we know of not to be one."""
