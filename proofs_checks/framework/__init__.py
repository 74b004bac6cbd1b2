"""What a claim is and how it is tried: cases, target, measurement, search for a counterexample."""
