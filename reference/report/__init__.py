"""What a study says: statistics, sentences, tables, figures and one self-contained page.

Modules in reading order; each imports only from those above it and from lower packages:

- `plotting`: what all figures share: colours, axes, files
- `figures`: pictures of paths and gaps
- `projection`: a plane through the inputs, to look at functions of many
- `explorer`: a page with a slider along a path
- `summary`: what gaps of one kind say together
- `comparison`: whether two groups of gaps differ
- `trend`: whether gaps fall over many widths
- `published`: what the papers print
- `html`: a page, a table, a figure
- `section`: all that is said of one problem and level rule
- `aggregate`: from records to a section
- `findings`: a section in sentences
- `study_figures`: which pictures a report gets
- `theory_bounds`: what the theorems promise for the networks measured
- `html_tables`: a section in tables, beside the published ones
- `answer`: a study in three sentences
- `glossary`: the words of a report
- `write`: one self-contained page per run
"""
