"""minimum."""
