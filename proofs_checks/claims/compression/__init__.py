"""Chapter K: fewer active neurons, and what they cost."""
