"""Marking one submission: which claims are tried on which function, and what is said."""
