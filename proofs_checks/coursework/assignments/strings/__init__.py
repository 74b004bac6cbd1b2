"""Assignment 5: strings and certificates."""
