"""How figures look: colours and type."""

import dataclasses
import html
import textwrap

from .._terminal import visible

__all__ = [
    "DARK",
    "FONT",
    "LIGHT",
    "PAGE",
    "Palette",
    "Style",
    "css_variables",
    "faint",
    "label",
    "wrapped",
]

#: Fonts that the reader's machine has: nothing is fetched.
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif'


@dataclasses.dataclass(frozen=True)
class Palette:
    """Colours after Okabe and Ito (2008), which colour-blind readers tell apart.

    Lightness is shifted where needed, so that lines and marks reach a contrast of 3:1 on
    `paper` and text reaches 4.5:1 (WCAG 2.2, level AA).

    Attributes:
        paper, ink, muted, grid: background, text, secondary text, thin lines.
        bars: fill of a histogram that lies behind lines.
        regimes: one colour a regime, in the order in which regimes are given.
        stone, wood: the two commodities.
        build, sales, purchases, taxes, transfers: where coin comes from and goes to.
        before, after: before and after tax.
        ground, water: cells of a map.
        skill: workers from the lowest payment to the highest, to be interpolated. The higher
            the payment, the further the colour is from the paper.
    """

    paper: str
    ink: str
    muted: str
    grid: str
    bars: str
    regimes: tuple[str, ...]
    stone: str
    wood: str
    build: str
    sales: str
    purchases: str
    taxes: str
    transfers: str
    before: str
    after: str
    ground: str
    water: str
    skill: tuple[str, ...]

    def workers(self, count: int) -> list[str]:
        """A colour for each of `count` workers, the one with the lowest payment first."""
        anchors = [_channels(colour) for colour in self.skill]
        colours = []
        for i in range(count):
            place = (len(anchors) - 1) * (i / (count - 1) if count > 1 else 1.0)
            left = min(int(place), len(anchors) - 2)
            share = place - left
            mixed = (
                round(a + share * (b - a))
                for a, b in zip(anchors[left], anchors[left + 1], strict=True)
            )
            colours.append("#" + "".join(f"{channel:02x}" for channel in mixed))
        return colours


LIGHT = Palette(
    paper="#ffffff",
    ink="#1a1c1f",
    muted="#5a6068",
    grid="#e4e6e9",
    bars="#c6cbd2",
    regimes=("#0072b2", "#c65102", "#00805d", "#9a4f86", "#8a6d00", "#1a1c1f"),
    stone="#5f6b7a",
    wood="#00805d",
    build="#0072b2",
    sales="#3d97cf",
    purchases="#b98000",
    taxes="#c65102",
    transfers="#00805d",
    before="#1a1c1f",
    after="#3d97cf",
    ground="#f4f1ea",
    water="#a9cfe8",
    skill=("#c97700", "#c93a4c", "#86207c", "#26105c"),
)

DARK = Palette(
    paper="#14171b",
    ink="#e9ebee",
    muted="#a7aeb8",
    grid="#2c3138",
    bars="#444b55",
    regimes=("#56b4e9", "#f08a3c", "#2fbf94", "#d58fc1", "#d9c34a", "#e9ebee"),
    stone="#a9b6c6",
    wood="#2fbf94",
    build="#3f9fdd",
    sales="#9bd4f5",
    purchases="#e6b84d",
    taxes="#f0803c",
    transfers="#2fbf94",
    before="#e9ebee",
    after="#3f9fdd",
    ground="#23262b",
    water="#1d4a66",
    skill=("#a86fd6", "#f0647a", "#fb9f4a", "#fbe98c"),
)


@dataclasses.dataclass(frozen=True)
class Style:
    """What a figure is drawn for.

    Attributes:
        palette: `LIGHT` or `DARK`.
        narrow: for a phone: panels one below the other.
    """

    palette: Palette = LIGHT
    narrow: bool = False

    def regime(self, index: int) -> str:
        """The colour of the regime at `index` in the list of evaluations."""
        return self.palette.regimes[index % len(self.palette.regimes)]

    @property
    def font_size(self) -> int:
        """Of axes and keys, in pixels."""
        return 12 if self.narrow else 13

    def dash(self, index: int) -> str:
        """The dash pattern of the regime at `index`, for print without colour."""
        return ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")[index % 6]


#: How figures look unless one asks for something else.
PAGE = Style()


def css_variables(palette: Palette) -> str:
    """A palette as CSS variables, which page, map and charts share."""
    names = (
        *("paper", "ink", "muted", "grid", "bars"),
        *("stone", "wood", "build", "taxes", "ground", "water"),
    )
    colours = " ".join(f"--{name}: {getattr(palette, name)};" for name in names)
    return f"--font: {FONT}; {colours}"


def label(name: str, width: int = 48) -> str:
    """A user's name as plain text for plotly, which would read tags and entities in it."""
    line = visible(" ".join(str(name).split()))
    if len(line) > width:
        line = line[: width - 1].rstrip() + "…"
    return html.escape(line, quote=False)


def wrapped(name: str, width: int = 16, lines: int = 3) -> str:
    """A user's name like `label`, broken into short lines for an axis."""
    broken = textwrap.wrap(
        visible(" ".join(str(name).split())), width, max_lines=lines, placeholder=" …"
    )
    return "<br>".join(html.escape(line, quote=False) for line in broken)


def faint(colour: str, opacity: float = 0.18) -> str:
    """A colour that lets what is behind it through."""
    return f"rgba({', '.join(str(c) for c in _channels(colour))}, {opacity:g})"


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue
