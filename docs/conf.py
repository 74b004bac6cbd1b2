"""Sphinx configuration: MyST pages, numpydoc API, an executed gallery, warnings as errors."""

import sys
from importlib.metadata import files
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "relupath"
author = "The relupath developers"
version = release = installed_version("relupath")

extensions = [
    "cross_links",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "gallery", "coursework/build"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
templates_path = ["_templates"]
default_role = "py:obj"
myst_enable_extensions = ["deflist", "dollarmath", "colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["config.cache"]

autosummary_generate = True
numpydoc_show_class_members = False
autodoc_typehints = "none"  # numpydoc's sections say more
autodoc_member_order = "bysource"

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": r"/plot_",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "image_scrapers": ("matplotlib",),
    "min_reported_time": 5,
    "remove_config_comments": True,
    "reference_url": {"reference": None},
    "doc_module": ("reference",),
    "show_memory": False,
    "within_subsection_order": "FileNameSortKey",
}

# Formulas are set by a copy of MathJax that travels with the pages: they read without network.
MATHJAX = next(file for file in files("sphinx-mathjax-offline") if file.name == "tex-svg.js")

html_theme = "furo"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1c5d8c", "color-brand-content": "#1c5d8c"},
    "dark_css_variables": {"color-brand-primary": "#7fb8e6", "color-brand-content": "#7fb8e6"},
}
pygments_dark_style = "github-dark"
html_static_path = ["_static", str(MATHJAX.locate())]
html_css_files = ["pages.css"]
html_show_copyright = False
html_title = "relupath"
mathjax_path = "tex-svg.js"
