"""Chapter G: local geometry of the features."""
