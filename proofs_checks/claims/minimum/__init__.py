"""Chapter D: the global minimum, with a certificate from below."""
