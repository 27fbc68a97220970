"""What the site needs beyond the pages: cards and reference from where they are, and formulas.

mkdocs calls these functions. Nothing is written into the folder docs.
"""

import html
import pathlib
import posixpath
import re

from latex2mathml.converter import convert
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from outside import in_site

ROOT = pathlib.Path(__file__).parents[1]

#: Packages with a page of reference each: what they list as public.
PACKAGES = {
    "solon": "Making an economy",
    "solon.checking": "Checking an economy",
    "solon.economics": "Economics",
    "solon.economics.rational_inattention": "Rational inattention",
    "solon.economics.equilibrium": "Equilibrium",
    "solon.economies.gather_trade_build": "Gather-Trade-Build",
    "solon.economies.one_step": "The one-step economy",
    "solon.economies.labor_supply": "Labor supply",
    "solon.economies.business_cycle": "The business cycle",
    "solon.economies.pandemic": "The pandemic",
    "solon.economies.tag": "Tag",
    "solon.applications.taxation.policies": "Tax policies",
    "solon.applications.pandemic.policies": "Pandemic policies",
    "solon.agents": "Agents",
    "solon.learning": "Learning",
    "solon.evidence": "Evidence",
    "solon.figures": "Figures",
    "solon.runs": "Runs",
    "solon.interop": "Other libraries",
    "solon.zoo": "The zoo",
    "solon.applications.taxation.game": "The lab's game",
}

_LINK = re.compile(r"\]\((\.\./[^)#\s]+)(#[^)]*)?\)")
_INLINE = re.compile(r'<span class="arithmatex">\\\((.*?)\\\)</span>', re.DOTALL)
_DISPLAY = re.compile(r'<div class="arithmatex">\\\[(.*?)\\\]</div>', re.DOTALL)


def cards() -> dict[str, pathlib.Path]:
    """The page of each card and datasheet in the site, and where it is in the repository."""
    found = {
        "cards/pandemic-data.md": ROOT / "solon/data/covid19/DATASHEET.md",
        "cards/pandemic-economy.md": ROOT / "solon/economies/pandemic/CARD.md",
        "cards/pandemic-calibration.md": ROOT / "results/pandemic/calibration/CARD.md",
        "cards/us-federal-tax-data.md": ROOT / "solon/data/us_federal_tax.md",
    }
    policies = ROOT / "solon/zoo/policies"
    for card in sorted(policies.rglob("CARD.md")):
        found[f"cards/{card.parent.relative_to(policies).as_posix()}.md"] = card
    return found


def on_config(config):
    """Fill the places of reference and cards in the menu."""
    pages = {
        "reference/": [{name: f"reference/{name}.md"} for name in PACKAGES],
        "cards/": [{_title(path): page} for page, path in cards().items()],
    }
    for entry in config.nav:
        for title in entry if isinstance(entry, dict) else ():
            if isinstance(entry[title], str):
                entry[title] = pages[entry[title]]
    return config


def on_files(files: Files, config):
    """Add the pages that are elsewhere, or nowhere."""
    for page, path in cards().items():
        files.append(File.generated(config, page, content=path.read_text("utf-8")))
    for name, title in PACKAGES.items():
        text = f"# {title}: `{name}`\n\n::: {name}\n"
        files.append(File.generated(config, f"reference/{name}.md", content=text))
    return files


def on_page_markdown(markdown: str, page, config, files):
    """Let links into the repository lead to the pages that are in the site."""
    places = {path: card for card, path in cards().items()}
    here = places_of(page.file.src_uri)

    def moved(match: re.Match[str]) -> str:
        target = (here / match[1]).resolve()
        if target not in places:
            return match[0]
        link = posixpath.relpath(places[target], posixpath.dirname(page.file.src_uri) or ".")
        return f"]({link}{match[2] or ''})"

    return _LINK.sub(moved, markdown)


def places_of(page: str) -> pathlib.Path:
    """The folder in the repository that a page's relative links start from."""
    return cards().get(page, ROOT / "docs" / page).parent


def on_page_content(content: str, page, config, files):
    """Set formulas as MathML, which browsers draw themselves."""
    for pattern, display in ((_INLINE, "inline"), (_DISPLAY, "block")):
        content = pattern.sub(
            lambda match, display=display: convert(html.unescape(match[1]), display=display),
            content,
        )
    return content


def on_post_build(config):
    """Fail if a page would ask another place for a font, a script or an image."""
    found = in_site(pathlib.Path(config.site_dir))
    if found:
        raise PluginError("the site asks other places for\n" + "\n".join(found))


def _title(card: pathlib.Path) -> str:
    return card.read_text("utf-8").split("\n", 1)[0].lstrip("# ").strip()
