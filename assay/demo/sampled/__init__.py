"""The demo of the audit with a sample, protocol A'."""
