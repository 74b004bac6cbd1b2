"""Ratios of running times, each measured within one process: ``python -m benchmarks``."""
