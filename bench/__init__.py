"""Benchmarks: each prints one table, with its peer beside it."""
