"""Coursework marked by the claims: five assignments, each function on its own, claim by claim.

Read `assignment` for what an assignment is, `marking` for how one claim is tried on one function,
`sandbox` for where a submission runs and whom that protects, `grading` for the whole. What a
class gets (pages, skeletons, notebooks, files for Otter-Grader and nbgrader) is made by `build`
from the folders of `assignments`, each the only source of its assignment.
"""
