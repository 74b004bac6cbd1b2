"""Assignment 1: the forward and the backward pass, by hand."""
