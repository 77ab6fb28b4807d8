"""Tests of the benchmarks: what can be calculated must agree."""
