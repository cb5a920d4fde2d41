"""Figures of committed networks: proving, checking, memory and bytes, and where each second goes."""
