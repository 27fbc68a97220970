"""Draws the figures of the documentation from results that are committed.

    python docs/figures/make.py [--browser chromium]

They are plotly figures, which a browser without a window turns into SVG.
"""

import argparse
import json
import pathlib
import re
import subprocess
import tempfile
from typing import Any

from plotly.offline import get_plotlyjs
from plotly.utils import PlotlyJSONEncoder

from solon.applications.pandemic.study.report import comparisons
from solon.applications.pandemic.study.report import figures_of as pandemic_figures
from solon.applications.taxation.study.report import figures_of
from solon.applications.unknown_society.figures import figures_of as society_figures
from solon.evidence.reproduce import read_cells
from solon.evidence.studies import load_study

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
WIDTH = 900

PAGE = """<!doctype html><meta charset="utf-8"><body><div id="figure"></div>
<script>{plotly}</script><script>
const figure = {figure};
Plotly.newPlot("figure", figure.data, {{...figure.layout, width: {width}}}, {{staticPlot: true}})
  .then((drawn) => Plotly.toImage(drawn, {{format: "svg", width: {width},
    height: figure.layout.height}}))
  .then((url) => {{
    document.body.textContent = decodeURIComponent(url.slice(url.indexOf(",") + 1));
    document.title = "drawn";
  }});
</script>"""


def svg(figure: Any, browser: str) -> str:
    """The figure as the text of an SVG file."""
    text = json.dumps(figure.to_plotly_json(), cls=PlotlyJSONEncoder).replace("<", "\\u003c")
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / "figure.html"
        page.write_text(PAGE.format(plotly=get_plotlyjs(), figure=text, width=WIDTH), "utf-8")
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
        command += ["--virtual-time-budget=20000", page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    body = re.search(r"<body>(.*)</body>", done.stdout, re.DOTALL)
    if body is None or "&lt;svg" not in body[1]:
        raise SystemExit("the browser drew nothing")
    unescaped = body[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return unescaped


def main() -> None:
    """Draw all of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--browser", default="chromium")
    browser = parser.parse_args().browser
    study = load_study("tax")
    results = read_cells(study, ROOT / "results" / "tax", "pilot")
    for name, (make, _) in figures_of("pilot", results).items():
        path = HERE / f"tax-pilot-{name}.svg"
        path.write_text(svg(make(), browser), "utf-8")
        print(path.name, path.stat().st_size)
    folder = ROOT / "results" / "pandemic"
    results = read_cells(load_study("pandemic"), folder, "full")
    for name, (make, _) in pandemic_figures(results, comparisons(results, folder)).items():
        path = HERE / f"pandemic-study-{name}.svg"
        path.write_text(svg(make(), browser), "utf-8")
        print(path.name, path.stat().st_size)
    results = read_cells(
        load_study("unknown-society"), ROOT / "results" / "unknown-society", "full"
    )
    for name, figure in society_figures(results).items():
        path = HERE / f"unknown-society-{name}.svg"
        path.write_text(svg(figure, browser), "utf-8")
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
