"""What all figures share: their colours and style, panels, axes, and the two files of each.

Colours are the Okabe-Ito set, which colour-blind readers tell apart, darkened until each has a
contrast of 3:1 at least on white and on a dark page; no picture relies on colour alone, since line
style or marker says the same. Gaps sit on a symmetric-log axis, linear below
`RESOLVED`, so that a gap of exactly 0 has a place of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from reference.model.exact_arithmetic import Array

COLOURS = ("#0072B2", "#D55E00", "#00875F", "#B4558D", "#946C00", "#6A6FD0", "#707070")
DASHES = ("-", "--", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1.2)), (0, (8, 2)), (0, (3, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
RESOLVED = 1e-9  # the certificate's default tolerance: below it an axis is linear
STYLE: Any = {
    "font.size": 10,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.8,
    "svg.hashsalt": "relupath",
}


def canvas(
    panels: int, size: tuple[float, float], share: bool = True, columns: int = 2
) -> tuple[Any, Sequence[Any]]:
    """Return a figure of panels in rows of ``columns``, without matplotlib's global state."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
        columns = min(columns, panels)
        grid = figure.subplots(
            -(-panels // columns), columns, sharex=share, sharey=share, squeeze=False
        )
        for unused in grid.flat[panels:]:
            unused.remove()
        for axis in grid.flat[:panels]:
            axis.tick_params(labelbottom=True)
    return figure, list(grid.flat[:panels])


def line_width(place: int, count: int) -> float:
    """Return widths that shrink with the order of drawing: lines that coincide stay visible."""
    return 1.4 + 0.5 * (count - 1 - place)


def write(figure: Any, file_stem: str | FilePath) -> tuple[FilePath, FilePath]:
    """Write PNG and SVG; the SVG has no date, so equal figures are equal files."""
    import matplotlib as mpl

    png, svg = (FilePath(f"{file_stem}{suffix}") for suffix in (".png", ".svg"))
    with mpl.rc_context(STYLE):
        figure.savefig(png, dpi=160)
        figure.savefig(svg, metadata={"Date": None})
    return png, svg


def gap_axis(axes: Sequence[Any], values: Sequence[Array]) -> None:
    """Make axes symmetric-log, linear below `RESOLVED`, with room for the largest gap."""
    top = max([10 * RESOLVED, *(2 * value.max(initial=0.0) for value in values)])
    decades = np.arange(np.log10(RESOLVED), np.ceil(np.log10(top)) + 1, 2)
    ticks = [0.0, *(10.0**decades)]
    labels = ["0", *(rf"$10^{{{decade:.0f}}}$" for decade in decades)]
    for axis in axes:
        name = axis.axis_name
        getattr(axis.axes, f"set_{name}scale")("symlog", linthresh=RESOLVED)
        getattr(axis.axes, f"set_{name}lim")(-0.7 * RESOLVED, top)
        axis.set_ticks(ticks, labels)


def width_ticks(widths: Array) -> tuple[Array, list[str]]:
    """Return the widths to name on the axis: of neighbours closer than a third, the first."""
    named = [widths[0]]
    for width in widths[1:]:
        if width >= 1.35 * named[-1]:
            named.append(width)
    return np.array(named), [f"{width:g}" for width in named]


def plain_log_ticks(axis: Any) -> None:
    """Name 1, 2 and 5 of each decade in plain digits: a log axis over less than one decade."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())
