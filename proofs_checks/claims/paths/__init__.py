"""Chapter P: paths and the exact maximum along them."""
