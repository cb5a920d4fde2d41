"""The chain side of a protocol: compile, deploy, deposit, settle, refund; anvil as a child process, or any RPC URL."""
