"""Links that pages written for any Markdown reader do not have: to code, and to claims.

``reference.module`` in a literal leads to the API page of that module or object, and so does a
public name or a module named in a docstring. A heading of the theory that names claims, such as
*K2, K3 Among many rows*, is followed by links to their rows in the table of claims, and a claim
named in bold is such a link; each row of that table has its id as anchor.
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
from proofs_checks.claims.registry import all_claims

CODE = re.compile(r"(reference(\.\w+)+)(\(.*\))?")
PRIME = "'\N{RIGHT SINGLE QUOTATION MARK}"  # as typed, and as typeset
CLAIM = re.compile(rf"\b[A-Z]\d+[{PRIME}]?(?!\w)")


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
                row["ids"].append(_anchor(name))


class ClaimLinks(SphinxTransform):
    """Link the claims of the theory, named in a heading or bold, to the rows of their checks."""

    default_priority = 880

    def apply(self, **kwargs: Any) -> None:
        """Add a line below such headings; make such bold names links."""
        if not self.env.docname.startswith("theory/"):
            return
        for section in self.document.findall(nodes.section):
            names = _checked(section[0].astext())
            if names:
                section.insert(1, _line(names))
        for strong in list(self.document.findall(nodes.strong)):
            if _checked(strong.astext()) == [strong.astext()]:
                strong.replace_self(_link(strong.astext(), strong.deepcopy()))


def _checked(text: str) -> list[str]:
    """Return the names in a text that are claims of the suite."""
    known = {_anchor(claim.id) for claim in all_claims()}
    return [name for name in CLAIM.findall(text) if _anchor(name) in known]


def _line(names: list[str]) -> nodes.paragraph:
    line = nodes.paragraph("", "Checked by ", classes=["checked-by"])
    for k, name in enumerate(names):
        line += nodes.Text(", " if k else "")
        line += _link(name, nodes.Text(name))
    return line


def _link(name: str, shown: nodes.Node) -> nodes.reference:
    uri = f"../claims.html#{_anchor(name)}"
    return nodes.reference("", "", shown, internal=True, refuri=uri)


def _anchor(name: str) -> str:
    return "claim-" + re.sub(f"[{PRIME}]", "-prime", name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transforms."""
    for transform in (CodeLinks, ClaimAnchors, ClaimLinks):
        app.add_transform(transform)
    app.connect("missing-reference", find_public_name)
    return {"version": "2", "parallel_read_safe": True}
