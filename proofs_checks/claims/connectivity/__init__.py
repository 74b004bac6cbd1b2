"""Chapter C: when sublevel sets are connected, and when certainly not."""
