"""Assignment 4: the explicit path."""
