"""Chapter S: Dynamic String Sampling and what its numbers mean."""
