# pyright: basic
# (matplotlib's types are partly open)
"""The page's pictures: SVG whose colours are the page's own, so that they suit light and dark."""

import io
import re
from collections.abc import Sequence

import numpy as np
from matplotlib import style
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.insights.statistics import Item, Scores

# Stand-ins: colours that the page's variables replace.
INK, FAINT, BAR, MARK = "#010101", "#020202", "#030303", "#040404"
VARIABLES = {INK: "--ink", FAINT: "--faint", BAR: "--bar", MARK: "--mark"}
STYLE = {
    "svg.fonttype": "path",
    "font.size": 9.0,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
WIDTH = 7.2
LEAST = 0.2
"""A discrimination below it is usually called poor (Ebel and Frisbie)."""


def draw_scores(scores: Scores) -> str:
    """Draw how many students reached which score, in steps of ten percent."""
    with style.context({**STYLE, "svg.hashsalt": "scores"}):
        figure = Figure(figsize=(WIDTH, 2.6), layout="constrained")
        axes = figure.subplots()
        counts, edges = np.histogram(scores.shares, bins=np.arange(0, 101, 10))
        axes.bar(edges[:-1] + 5, counts, width=9, color=BAR)
        axes.axvline(scores.mean, color=MARK, linewidth=1.5, linestyle="--")
        side, place = ("left", 1) if scores.mean < 80 else ("right", -1)
        top = 1.2 * max(counts)
        axes.text(scores.mean + place, top, f"mean {scores.mean:.0f} %", ha=side, va="top")
        axes.set(xlim=(0, 100), ylim=(0, top), xlabel="score (% of all points)")
        axes.set(ylabel="students", xticks=range(0, 101, 10))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(axis="y")
        return _svg(figure, "scores")


def draw_items(items: Sequence[Item]) -> str:
    """Draw beside each other how hard exercises are and how well they tell students apart."""
    with style.context({**STYLE, "svg.hashsalt": "items"}):
        figure = Figure(figsize=(WIDTH, 0.9 + 0.26 * len(items)), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        rows = np.arange(len(items))
        shares = [100 * item.share for item in items]
        left.barh(rows, shares, height=0.7, color=BAR)
        for row, share in zip(rows, shares, strict=True):
            left.text(share + 1.5, row, f"{share:.0f}", va="center")
        left.set(xlim=(0, 112), xticks=range(0, 101, 25), yticks=rows)
        left.set_yticklabels([item.exercise for item in items])
        left.set(xlabel="mean score (% of its points)", title="difficulty")
        left.invert_yaxis()
        known = [(row, item.discrimination) for row, item in enumerate(items)]
        drawn = [(row, value) for row, value in known if value is not None]
        right.axvline(0, color=INK, linewidth=0.8)
        right.axvline(LEAST, color=MARK, linewidth=1.2, linestyle="--")
        right.hlines([row for row, _ in drawn], 0, [value for _, value in drawn], color=BAR)
        right.plot([value for _, value in drawn], [row for row, _ in drawn], "o", color=BAR)
        lowest = min([0.0, *(value for _, value in drawn)])
        right.set(xlim=(min(-0.25, lowest - 0.1), 1.05), title="discrimination")
        right.set(xlabel=f"corrected item-total r (dashed: {LEAST:g})")
        right.grid(axis="y")
        right.tick_params(axis="y", length=0)
        return _svg(figure, "items")


def _svg(figure: Figure, name: str) -> str:
    """Return a figure as an element of the page, with ids of its own."""
    file = io.StringIO()
    FigureCanvasSVG(figure).print_svg(file, metadata={"Date": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", text)
    for colour, variable in VARIABLES.items():
        text = text.replace(colour, f"var({variable})")
    text = text.replace("fill: #ffffff", "fill: none")
    return text.strip()
