"""Text that somebody else wrote, in a real page: it is read, and nothing is made of it."""

import dataclasses
import json
import shutil
import urllib.parse

import pytest

from solon.figures.run_report import write_run_report
from solon.runs.folder import EVALUATION, METRICS, RunFolder
from solon.runs.metrics import MetricsWriter
from solon.runs.seals import sealed
from tests.figures import synthetic

SHORT = (
    "[evil](http://evil.example) ![evil](http://evil.example/a.png)",
    "<img src=http://evil.example/b.png onerror=alert(1)><b>evil</b>",
    '<a href="http://evil.example" style="color:red">evil</a></script>',
    "http://evil.example www.evil.example me@evil.example",
    ":red[evil] :streamlit: :material/home: :smile: $x^2$ **evil** `evil`",
    "<style>*{outline:9px solid red}</style> %{x} &lt;b&gt; | a -> b",
)
LONG = " ".join(SHORT)

# Looks into shadow roots, too, where the lab's own components are, and into figures.
_MADE = """(here) => {
  const made = [];
  const ours = (url) => !url || url.startsWith(here) || /^(data:|blob:|#|about:)/.test(url);
  const look = (root) => {
    for (const e of root.querySelectorAll('*')) {
      if (e.shadowRoot) look(e.shadowRoot);
      const note = (what) => made.push(`${what}: ${e.outerHTML.slice(0, 200)}`);
      const href = e.href?.baseVal ?? e.href ?? e.getAttribute('xlink:href');
      if (!ours(href)) note('link');
      if (!ours(e.src?.baseVal ?? e.src) || e.srcset) note('picture');
      for (const { name, value } of e.attributes) {
        if (name.startsWith('on') || (['style', 'id'].includes(name)
          && /evil/i.test(value))) note('attribute');
      }
      if (e.matches('style, script') && /outline:9px|evil\\.example/.test(e.textContent)
        && !['figures', 'episodes'].includes(e.id)) note('code');
      if (e.matches('b, strong, i, em, a, s, del') && e.textContent.trim() === 'evil') note('mark');
      if (e.matches('.katex, [alt="Streamlit logo"], [class*="stMarkdownColored"]')) note('look');
    }
  };
  look(document);
  return made;
}"""
_READS = """(wanted) => document.body.innerText
  .replaceAll('\u2060', '').replace(/\\s+/g, ' ').includes(wanted)"""
_OUTLINED = "() => getComputedStyle(document.body).outlineWidth"


def nothing_is_made(page, here):
    assert page.evaluate(_MADE, here) == []
    assert page.evaluate(_OUTLINED) != "9px"


def reads(page):
    """All that a visitor reads, without the marks that keep text apart."""
    return " ".join(page.inner_text("body").replace("\N{WORD JOINER}", "").split())


def hostile_run(root, name):
    config = {"economy": LONG, "options": {LONG: LONG}, "steps": 2**62, "seed": LONG,
              "ppo": {LONG: LONG}, "planner": {"name": LONG}}  # fmt: skip
    made_with = {LONG: LONG, "machine": {"processor": LONG}}
    folder = RunFolder.create(root / name, config, provenance=made_with)
    writer = MetricsWriter(folder.path / METRICS)
    for k in range(5):
        writer.write({"environment_steps": k, f"{SHORT[1]}/episode_return": float(k)})
    writer.flush()
    found = synthetic.renamed(synthetic.evaluation(episodes=2, steps=200), LONG, economy=LONG)
    found = dataclasses.replace(found, labels={"economy": LONG, LONG: LONG})
    found.save(folder.path / EVALUATION)
    file = folder.path / "run.json"
    record = json.loads(file.read_text())
    record |= {"created": LONG, "history": [{"outcome": LONG, LONG: LONG}]}
    file.write_text(json.dumps(sealed(record)))
    return RunFolder.open(folder.path)


@pytest.fixture
def hostile(runs):
    """Run folders of which everything is hostile, the name as far as it may be."""
    names = ("www.evil.example", "www.evil-2.example")
    yield [hostile_run(runs, name) for name in names]
    for name in names:
        shutil.rmtree(runs / name)


def test_a_run_folder(visitor, hostile):
    guest = visitor()
    guest.open("/runs?runs=www.evil.example,www.evil-2.example")
    page = guest.page
    nothing_is_made(page, guest.address)
    assert "[evil](http://evil.e" in reads(page) and "Something went wrong" not in reads(page)
    assert page.locator('[data-testid="stPlotlyChart"]').count() == 3
    page.get_by_role("button", name="Prepare the report").first.click()
    page.get_by_text("Save the report").first.wait_for()
    for summary in page.get_by_text("In words", exact=True).all():
        summary.click()
    guest.settle()
    nothing_is_made(page, guest.address)
    guest.shot("foreign-runs")
    guest.open("/world?run=www.evil.example")
    page.locator(".player-map").wait_for()
    for tab in ("Who does what", "Where coin comes from"):
        page.get_by_role("tab", name=tab).click()
        guest.settle()
        nothing_is_made(page, guest.address)
    guest.shot("foreign-world")


def test_a_report_of_a_run_folder(chromium, hostile, tmp_path):
    place = write_run_report(hostile[:1], tmp_path / "report.html", note=LONG)
    page = chromium.new_page()
    said = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(place.as_uri())
    page.locator(".js-plotly-plot").last.wait_for()
    for summary in page.locator("summary").all():
        summary.click()
    for place in page.locator(".nsewdrag").all():
        place.hover()
    nothing_is_made(page, "file:")
    assert said == [] and " ".join(LONG.split()) in reads(page)
    page.close()


def test_addresses(visitor):
    guest = visitor()
    for room, names in (
        ("tax", ("schedule", "workers", "against", "welfare", LONG)),
        ("pandemic", ("world", "policy", "states", "close", "learned", "transmission")),
        ("world", ("run",)),
        ("world", ("moves", "regime", "worker", "steps", "luck")),
        ("world", ("regime", "beside", "follow")),
        ("play", ("moves", "regime", "worker", "steps", "luck")),
        ("runs", ("runs",)),
    ):
        guest.open(f"/{room}?" + urllib.parse.urlencode(dict.fromkeys(names, LONG)))
        nothing_is_made(guest.page, guest.address)
        assert "Something went wrong" not in reads(guest.page)


def named(name, text):
    return {"name": name.replace("/", "."), "mimeType": "text/plain", "buffer": text.encode()}


def test_files_of_schedules(visitor):
    guest = visitor()
    guest.open("/tax")
    page = guest.page
    page.get_by_text("Load or save a file").click()
    files = page.locator('input[type="file"]')
    for key, rates in ((LONG, "[0.1]"), ("name", f"[{json.dumps(LONG)}]"), ("name", "[0.1, 9]")):
        text = f"{json.dumps(key)}: {json.dumps(LONG)}\nrates: {rates}\ncutoffs: [0, 7]\n"
        files.set_input_files(named(f"{SHORT[1]}.yaml", text))
        page.get_by_role("alert").first.wait_for()
        guest.settle()
        nothing_is_made(page, guest.address)
    guest.shot("foreign-tax-file")
    text = f"name: {json.dumps(LONG)}\nrates: [0.1, 0.3]\ncutoffs: [0, 7]\n"
    files.set_input_files(named(f"{SHORT[3]}.yaml", text))
    # What the page said before the file came says "is ahead of", too.
    page.wait_for_function(_READS, arg=f"{LONG[:80]} …")
    guest.settle()
    for tab in ("Schedule and incomes", "Lorenz curves", "Who wins"):
        page.get_by_role("tab", name=tab).click()
        guest.settle()
        nothing_is_made(page, guest.address)
    for summary in page.get_by_text("In words", exact=True).all():
        if summary.is_visible():
            summary.click()
    guest.settle()
    nothing_is_made(page, guest.address)
    guest.shot("foreign-tax")


def test_files_of_policies_against_the_pandemic(visitor):
    guest = visitor()
    guest.open("/pandemic?policy=file")
    page = guest.page
    files = page.locator('input[type="file"]')
    for name in SHORT:
        rule = f"name: {json.dumps(name)}\nthreshold: {{signal: {json.dumps(name)}, upper: 5}}"
        table = f"state,date,stringency\n{json.dumps(name)},2020-04-01,3\n"
        for file in (named(f"{name}.yaml", rule), named(f"{name}.csv", table)):
            files.set_input_files(file)
            page.get_by_role("alert").filter(has_text="In ").first.wait_for()
            guest.settle()
            nothing_is_made(page, guest.address)
    guest.shot("foreign-pandemic")


def test_games(visitor):
    guest = visitor()
    guest.open("/play")
    page = guest.page
    page.get_by_text("Load a saved game").click()
    whole = {"format": "solon-game@1", "rules": LONG, "policy": LONG, "regime": LONG, "worker": 4,
             "steps": 100, "seed": 1, "moves": [LONG], "score": {LONG: LONG}}  # fmt: skip
    shipped = "tax/open-quadrant/us-federal"
    rules = "gather-trade-build@1"
    for changed in (
        {},
        {LONG: 1},
        {"format": LONG},
        {"regime": shipped},
        {"regime": shipped, "rules": rules},
        {"regime": shipped, "rules": rules, "moves": []},
        {"regime": shipped, "worker": LONG},
    ):
        text = json.dumps(whole | changed)
        files = page.locator('input[type="file"]')
        files.set_input_files(named(f"{SHORT[0]}.json", text))
        page.get_by_text("This file cannot be played").first.wait_for()
        guest.settle()
        nothing_is_made(page, guest.address)
    page.get_by_text("Moves in words").click()
    page.get_by_placeholder("right, right, build").fill(LONG)
    page.get_by_role("button", name="Play these moves").click()
    guest.settle()
    nothing_is_made(page, guest.address)
    guest.shot("foreign-play")


def test_the_form_of_a_training(visitor):
    guest = visitor()
    guest.open("/runs")
    page = guest.page
    page.get_by_text("Start a training").click()
    for name in SHORT[:4]:
        page.get_by_label("Name", exact=True).fill(name[:64])
        page.get_by_role("button", name="Start", exact=True).click()
        page.get_by_role("alert").filter(has_text="letters, digits").wait_for()
        guest.settle()
        nothing_is_made(page, guest.address)
    guest.shot("foreign-training")
