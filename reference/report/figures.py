"""Pictures of paths and gaps, each written as PNG and SVG.

Every function takes arrays or paths, draws one figure and returns the two files it wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath

import numpy as np

from reference.certificate.segment import segment_table
from reference.model.exact_arithmetic import Array
from reference.model.path import Path, distance
from reference.model.problem import Problem
from reference.report.plotting import (
    COLOURS,
    DASHES,
    MARKERS,
    RESOLVED,
    canvas,
    gap_axis,
    line_width,
    plain_log_ticks,
    width_ticks,
    write,
)


def objective_along_paths(
    problem: Problem,
    paths: Mapping[str, Path],
    level: float,
    file_stem: str | FilePath,
    points: int = 800,
) -> tuple[FilePath, FilePath]:
    """Draw the objective along each path, with the level it should stay below.

    Each path runs over its own length, from 0 to 1, so paths of any number of nodes share the
    axis. The objective is on a log axis: a straight line may rise a hundredfold.

    Parameters
    ----------
    problem : Problem
    paths : mapping from label to Path
        Drawn in this order.
    level : float
        Drawn as a horizontal line.
    file_stem : path
        Where to write, without suffix.
    points : int, optional
        Points per path, shared among its segments by length; every node is one of them.

    Returns
    -------
    png, svg : the files written.
    """
    figure, axes = canvas(1, (5.6, 4.6))
    axis = axes[0]
    for k, (label, path) in enumerate(paths.items()):
        place, value = profile(problem, path, points)
        width = line_width(k, len(paths))
        style = {"color": COLOURS[k], "linestyle": DASHES[k], "linewidth": width}
        axis.plot(place, value, label=label, **style)
    axis.axhline(
        level, color="black", linewidth=1.4, linestyle=(0, (1, 2)), label=f"level {level:.4g}"
    )
    axis.set(
        xlabel="position along the path (fraction of its length)",
        ylabel="objective F (mean loss + penalty)",
        yscale="log",
        xlim=(0, 1),
    )
    plain_log_ticks(axis.yaxis)
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    return write(figure, file_stem)


def profile(problem: Problem, path: Path, points: int) -> tuple[Array, Array]:
    """Return places in [0, 1] along a path and the objective there, every node included.

    A path of length 0 is drawn as constant from 0 to 1.
    """
    lengths = np.array([distance(a, b) for a, b in path.segments])
    if lengths.sum() == 0:
        value = problem.value(path.start)
        return np.array([0.0, 1.0]), np.array([value, value], dtype=np.float64)
    ends = np.concatenate([[0.0], np.cumsum(lengths) / lengths.sum()])
    places, values = [np.zeros(1)], [np.array([problem.value(path.start)])]
    for k, (a, b) in enumerate(path.segments):
        times = np.linspace(0, 1, 2 + int(points * (ends[k + 1] - ends[k])))[1:]
        places.append(ends[k] + times * (ends[k + 1] - ends[k]))
        values.append(segment_table(problem, a, b, times))
    return np.concatenate(places), np.concatenate(values)


def gap_against_width(
    intervals: Mapping[str, tuple[Array, Array, Array]],
    file_stem: str | FilePath,
) -> tuple[FilePath, FilePath]:
    """Draw certified gaps against width, one panel per path finder, medians joined.

    Parameters
    ----------
    intervals : mapping from finder to (widths, lower, upper), each (pairs,)
        The certified interval of each pair's gap; pairs of a width stand side by side.
    file_stem : path
        Where to write, without suffix.

    Returns
    -------
    png, svg : the files written.
    """
    rows = -(-len(intervals) // 2)
    figure, axes = canvas(len(intervals), (5.6, 2.5 * rows + 0.6))
    for k, (axis, (finder, (widths, lower, upper))) in enumerate(
        zip(axes, intervals.items(), strict=True)
    ):
        shown = np.unique(widths)
        spread = _side_by_side(widths)
        axis.vlines(spread, lower, upper, color=COLOURS[k], linewidth=1.6)
        for bound in (lower, upper):
            axis.plot(spread, bound, "_", color=COLOURS[k], markersize=6, mew=1.6)
        axis.plot(spread, upper, MARKERS[k], color=COLOURS[k], markersize=4, mew=0)
        medians = [np.median(upper[widths == width]) for width in shown]
        axis.plot(shown, medians, color="black", marker="_", markersize=12, linewidth=1.2)
        axis.set(title=finder, xlabel="width m (neurons)", xscale="log")
        axis.set_xticks(*width_ticks(shown))
        axis.minorticks_off()
    gap_axis([axis.yaxis for axis in axes], [upper for _, _, upper in intervals.values()])
    figure.supylabel("certified gap above the level (bracket: bounds; black: median)", fontsize=10)
    return write(figure, file_stem)


def gap_distribution(
    gaps: Mapping[str, Mapping[str, Array]],
    file_stem: str | FilePath,
) -> tuple[FilePath, FilePath]:
    """Draw the share of pairs with a gap of at most x, one panel per width.

    Parameters
    ----------
    gaps : mapping from panel title to a mapping from label to gaps (pairs,)
        What each estimator said of the same pairs.
    file_stem : path
        Where to write, without suffix.

    Returns
    -------
    png, svg : the files written.
    """
    figure, axes = canvas(len(gaps), (5.6, 2.5 * len(gaps) + 1.2), columns=1)
    values = [value for panel in gaps.values() for value in panel.values()]
    limit = 3 * max(value.max(initial=RESOLVED) for value in values)
    labels = list(dict.fromkeys(label for panel in gaps.values() for label in panel))
    for axis, (title, panel) in zip(axes, gaps.items(), strict=True):
        for label, value in panel.items():
            k = labels.index(label)
            steps = np.concatenate([[0.0], np.sort(np.maximum(value, 0)), [limit]])
            shares = np.concatenate([[0.0], np.arange(1, len(value) + 1) / len(value), [1.0]])
            width = line_width(k, len(labels))
            style = {"color": COLOURS[k], "linestyle": DASHES[k], "linewidth": width}
            axis.step(steps, shares, where="post", label=label, **style)
        axis.set(
            title=title, xlabel="gap above the level", ylabel="share of pairs", ylim=(-0.03, 1.06)
        )
    gap_axis([axis.xaxis for axis in axes], values)
    handles = {h.get_label(): h for axis in axes for h in axis.get_lines()}
    figure.legend(
        handles=[handles[label] for label in labels],
        loc="outside upper center",
        ncols=2,
        frameon=False,
    )
    return write(figure, file_stem)


def length_against_level(
    strings: Mapping[str, tuple[Array, Array, Array]],
    file_stem: str | FilePath,
) -> tuple[FilePath, FilePath]:
    """Draw normalised length and number of beads of strings against their level ([FB17], fig. 1).

    Parameters
    ----------
    strings : mapping from label to (levels, normalised lengths, beads), each (pairs,)
    file_stem : path
        Where to write, without suffix.

    Returns
    -------
    png, svg : the files written.
    """
    figure, axes = canvas(2, (5.6, 3.2), share=False)
    for k, (label, columns) in enumerate(strings.items()):
        for axis, column in zip(axes, columns[1:], strict=True):
            axis.plot(
                columns[0],
                column,
                MARKERS[k],
                color=COLOURS[k],
                label=label,
                markersize=4.5,
                alpha=0.8,
                mew=0,
            )
    axes[0].set(ylabel="length / distance of the ends", ylim=(0.9, None))
    axes[1].set(ylabel="beads (nodes between the ends)", ylim=(0, None))
    for axis in axes:
        axis.set(xlabel="level (objective F)")
        axis.locator_params(axis="x", nbins=3)
    figure.legend(handles=axes[0].get_lines(), loc="outside upper center", ncols=3, frameon=False)
    return write(figure, file_stem)


def _side_by_side(widths: Array) -> Array:
    """Spread equal widths evenly over a narrow band of the log axis, in their given order."""
    places = widths.astype(np.float64)
    for width in np.unique(widths):
        same = np.flatnonzero(widths == width)
        places[same] *= np.exp(np.linspace(-0.12, 0.12, len(same) + 2)[1:-1])
    return places
