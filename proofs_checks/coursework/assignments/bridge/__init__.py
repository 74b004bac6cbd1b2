"""Assignment 2: the bridge lemma."""
