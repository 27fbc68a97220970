"""The player and the report in a real browser, where there is one. Nothing else is needed."""

import html
import json
import pathlib
import re
import shutil
import subprocess

import numpy as np
import pytest

from solon.applications.taxation.figures import pack
from solon.figures.page import _json
from solon.figures.player import player_script
from tests.figures import synthetic
from tests.figures.test_report import write

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)

pytestmark = pytest.mark.skipif(not BROWSER, reason="no chromium on this machine")

# Presses and looks like a reader would, and leaves what it saw in the page.
DRIVER = pathlib.Path(__file__).with_name("player_driver.js").read_text()


def browse(page, profile, *options):
    """The document after scripts have run, and what the browser's console said."""
    done = subprocess.run(
        [
            BROWSER,
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--enable-logging=stderr", "--window-size=1280,800", "--dump-dom"),
            "--virtual-time-budget=20000",
            f"--user-data-dir={profile}",
            *options,
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def test_an_episode_can_be_played_stepped_and_scrubbed(tmp_path):
    free, taxed = synthetic.pair()
    page = tmp_path / "player.html"
    page.write_text(
        '<!doctype html><meta charset="utf-8"><div id="player"></div>'
        f'<script type="application/json" id="episodes">{_json(pack([free, taxed]))}</script>'
        f"<script>{player_script()}</script><script>{DRIVER}</script>"
    )
    document, console = browse(page, tmp_path / "profile")
    assert not console
    seen = json.loads(html.unescape(re.search('<pre id="seen">(.*?)</pre>', document).group(1)))
    assert "error" not in seen
    assert seen["start"] == 0
    assert 5 <= seen["played"] <= 30
    assert seen["paused"] == seen["played"]
    assert [seen[name] for name in ("scrubbed", "right", "left", "end")] == [640, 641, 631, 1000]
    assert seen["rows"] == expected_rows(free, 640)
    assert seen["account"] == expected_account(free, 640, worker=2)
    assert seen["followed"] == [3] and seen["left_alone"]
    assert seen["kept"] == 1000
    assert seen["other"] == expected_rows(taxed, 1000)
    assert f"collected {taxed.periods['tax_paid'][0, -1].sum():.1f} coin" in seen["tax"]
    assert 1 <= seen["space"] <= 20
    assert "US federal brackets" in seen["label"]
    assert seen["colours"] > 10


def expected_rows(evaluation, t):
    trajectory = evaluation.trajectory
    return [
        [
            f"{trajectory['payment'][i]:.1f}",
            f"{trajectory['coin'][t, i]:.1f}",
            *map(str, trajectory["goods"][t, i]),
            f"{trajectory['labor'][t, i]:.0f}",
            str((trajectory["house"][t] == i).sum()),
        ]
        for i in range(4)
    ]


def expected_account(evaluation, t, worker):
    """Coin, labor, and what houses, sales, purchases, taxes and transfers came to so far."""
    trajectory = evaluation.trajectory
    ends = evaluation.period_length * (1 + np.arange(evaluation.period_count)) <= t
    paid, back = (
        evaluation.periods[name][0, ends, worker].sum() for name in ("tax_paid", "transfer")
    )
    houses = (trajectory["house"][t] == worker).sum() * trajectory["payment"][worker]
    sales, purchases = (trajectory[name][t, worker].sum() for name in ("sold_coin", "bought_coin"))

    def coin(value, sign):
        return f"{sign if value else ''}{value:.1f} coin"

    return [
        coin(trajectory["coin"][t, worker], ""),
        f"{trajectory['labor'][t, worker]:.0f}",
        coin(houses, "+"),
        coin(sales, "+"),
        coin(purchases, "\N{MINUS SIGN}"),
        coin(paid, "\N{MINUS SIGN}"),
        coin(back, "+"),
    ]


@pytest.mark.parametrize("options", [(), ("--force-dark-mode", "--window-size=500,900")])
def test_the_report_draws_itself_and_breaks_no_rule_of_its_own(tmp_path, options):
    path = write(tmp_path / "report.html", synthetic.pair())
    document, console = browse(path, tmp_path / "profile", *options)
    assert not console
    assert document.count('class="main-svg"') >= 8
    assert len(re.findall(r'class="[^"]*\bplayer-map\b', document)) == 1
