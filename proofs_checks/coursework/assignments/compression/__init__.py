"""Assignment 3: compressions."""
