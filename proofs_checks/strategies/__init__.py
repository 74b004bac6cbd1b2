"""Where to look for counterexamples: Hypothesis strategies, from general to extremal."""
