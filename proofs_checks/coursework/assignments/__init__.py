"""The assignments: a folder each with text, model solution and marking."""
