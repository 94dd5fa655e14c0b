"""Benchmarks: each number beside its bound, from one run against real processes (`make bench`)."""
