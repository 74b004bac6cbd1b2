"""Links that pages written for any Markdown reader do not have: to code, and to claims.

``reference.module`` in a literal leads to the API page of that module or object, and so does a
public name or a module named in a docstring. A heading of the theory that names claims, such as
*K2, K3 Among many rows*, is followed by links to their rows in the table of claims; each row of
that table has its id as anchor.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

import reference

CODE = re.compile(r"(reference(\.\w+)+)(\(.*\))?")
CLAIM = re.compile(r"\b[A-Z]\d+\b")


class CodeLinks(SphinxTransform):
    """Make literals that name code cross-references."""

    default_priority = 210

    def apply(self, **kwargs: Any) -> None:
        """Wrap each such literal of a page; unknown names stay plain."""
        for literal in list(self.document.findall(nodes.literal)):
            found = CODE.fullmatch(literal.astext())
            if found and not isinstance(literal.parent, pending_xref):
                link = pending_xref(
                    "",
                    refdomain="py",
                    reftype="obj",
                    reftarget=_documented(found[1]),
                    refdoc=self.env.docname,
                    refwarn=True,
                )
                literal.replace_self(link)
                link += literal


def _documented(name: str) -> str:
    """Return where an object of a short public name, such as ``reference.connect``, is defined."""
    found = getattr(reference, name.removeprefix("reference."), None)
    return f"{found.__module__}.{found.__name__}" if hasattr(found, "__module__") else name


def find_public_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: nodes.Element
) -> nodes.Element | None:
    """Resolve a reference by short name, `connect` or `training`, that Sphinx could not."""
    name = node["reftarget"]
    if node.get("refdomain") != "py":
        return None
    for full in (_documented(f"reference.{name}"), f"reference.{name}"):
        if full != node["reftarget"] and full in env.domains.python_domain.objects:
            return env.domains.python_domain.resolve_xref(
                env, node["refdoc"], app.builder, "obj", full, node, contnode
            )
    return None


class ClaimAnchors(SphinxTransform):
    """Give each row of the table of claims its id as anchor."""

    default_priority = 210

    def apply(self, **kwargs: Any) -> None:
        """Look at the first cell of every row of ``claims``."""
        if self.env.docname != "claims":
            return
        for row in self.document.findall(nodes.row):
            name = row[0].astext().strip()
            if CLAIM.fullmatch(name):
                row["ids"].append(f"claim-{name}")


class ClaimLinks(SphinxTransform):
    """Link each claim that a heading of the theory names to the row of its checks."""

    default_priority = 880

    def apply(self, **kwargs: Any) -> None:
        """Add one line below each such heading."""
        if not self.env.docname.startswith("theory/"):
            return
        for section in self.document.findall(nodes.section):
            names = CLAIM.findall(section[0].astext())
            if names:
                section.insert(1, self._line(names))

    def _line(self, names: list[str]) -> nodes.paragraph:
        line = nodes.paragraph("", "Checked by ", classes=["checked-by"])
        for k, name in enumerate(names):
            line += nodes.Text(", " if k else "")
            link = nodes.reference("", name, internal=True, refuri=f"../claims.html#claim-{name}")
            line += link
        return line


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transforms."""
    for transform in (CodeLinks, ClaimAnchors, ClaimLinks):
        app.add_transform(transform)
    app.connect("missing-reference", find_public_name)
    return {"version": "1", "parallel_read_safe": True}
