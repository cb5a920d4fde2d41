"""The exchanges on a local chain: honest parties, and every way we know of not to be one."""
