"""Every claim of the theory as a property that can fail, on any implementation."""
