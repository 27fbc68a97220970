"""A lab in a process of its own, and a real browser that nothing escapes.

`make test-browser` runs these; without it they are left out, since they need a browser on this
machine and minutes.
"""

import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.request

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = float(os.environ.get("SOLON_BROWSER_SECONDS", "5"))
"""So long may a room take once it is warm."""

collect_ignore_glob = [] if os.environ.get("SOLON_BROWSER") else ["test_*.py"]

ROOT = pathlib.Path(__file__).parents[2]
SHOTS = ROOT / "build" / "browser"
WIDE, PHONE = (1280, 800), (390, 844)
# Streamlit looks for its server below the page's own address first.
_EXPECTED = re.compile(r"/(tax|world|play|society|pandemic|runs)/_stcore/(health|host-config)$")


def browser_path() -> str | None:
    """The browser to be driven: `SOLON_BROWSER` if it is a path, or the first that is found."""
    chosen = os.environ.get("SOLON_BROWSER", "")
    if pathlib.Path(chosen).is_file():
        return chosen
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """A folder with two small runs, of which one was evaluated."""
    from solon.runs.folder import EVALUATION, METRICS, RunFolder
    from solon.runs.metrics import MetricsWriter
    from tests.figures import synthetic

    root = tmp_path_factory.mktemp("runs")
    config = {"economy": "gather-trade-build", "options": {}, "steps": 9, "seed": 0, "ppo": {}}
    for name in ("small", "short-lived"):
        folder = RunFolder.create(root / name, config)
        writer = MetricsWriter(folder.path / METRICS)
        for k in range(20):
            writer.write({"environment_steps": 1000 * k, "episode/productivity": 50.0 + k})
        writer.flush()
    synthetic.evaluation(episodes=2, steps=200).save(root / "small" / EVALUATION)
    return root


@dataclasses.dataclass(frozen=True)
class Lab:
    """A lab in a process of its own.

    Attributes:
        address: of its first page.
        process: it.
        log: what it printed.
    """

    address: str
    process: subprocess.Popen
    log: pathlib.Path


@pytest.fixture(scope="session")
def started(runs):
    """One lab for all tests. Its rooms are made ready while the first of them run."""
    command = [sys.executable, "-m", "solon", "lab", "--port", "0", "--no-browser"]
    # What is there already keeps the lab from asking for anything outside.
    places = os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]])
    environment = {**os.environ, "PYTHONPATH": places, "PYTHONUNBUFFERED": "1"}
    log = runs / ".log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--runs", str(runs)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=ROOT,
        )
    try:
        yield Lab(_address(process, log), process, log)
    finally:
        process.terminate()
        process.wait(20)
        print(log.read_text())


@pytest.fixture(scope="session")
def lab(started):
    """The address of the lab."""
    return started.address


@pytest.fixture(scope="session")
def ready(started):
    """Waits until all rooms are ready: only then does time count."""
    _await(started.process, started.log, "All rooms are ready", seconds=1200)


def _address(process, log):
    for _ in range(600):
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
        if found and _answers(found[0]):
            return found[0]
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError("the lab did not start")


def _await(process, log, words, seconds):
    began = time.monotonic()
    while words not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() - began < seconds, f"it did not say: {words}"
        time.sleep(0.2)


def _answers(address):
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as reply:
            return reply.status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api", reason="make test-browser installs it")
    path = browser_path()
    assert path is not None, f"none of {', '.join(BROWSERS)} is here"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclasses.dataclass
class Visitor:
    """A page of the browser, with what went wrong in it."""

    page: object
    address: str
    elsewhere: list
    complaints: list

    def open(self, path: str) -> float:
        """Go to a room and wait until it is drawn; seconds that it took."""
        began = time.monotonic()
        self.page.goto(self.address + path)
        self.settle()
        seconds = time.monotonic() - began
        if self.page.viewport_size["width"] < 640:
            # It has told the lab that it is narrow, and is drawn once more.
            self.page.wait_for_timeout(600)
            self.settle()
            seconds = time.monotonic() - began - 0.6
        return seconds

    def settle(self, seconds: float = 600) -> None:
        """Wait until nothing is drawn, computed or made ready any more."""
        page = self.page
        page.wait_for_selector("h1", timeout=1000 * seconds)
        page.wait_for_function(
            """() => {
              const app = document.querySelector('[data-testid="stApp"]');
              const busy = ['[data-testid="stSkeleton"]', '[data-testid="stSpinner"]',
                '[data-stale="true"]'].join();
              return app && app.dataset.testScriptState === 'notRunning'
                && !document.querySelector(busy);
            }""",
            timeout=1000 * seconds,
            polling=100,
        )
        page.wait_for_timeout(150)

    def shot(self, name: str, whole: bool = True) -> None:
        """Keep a picture; of the whole room, not only of what fits into the window."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        page, size = self.page, self.page.viewport_size
        # What is drawn once there is room for it may need more of it.
        for _ in range(2 if whole else 0):
            tall = page.evaluate(
                """() => Math.max(...[...document.querySelectorAll('section, main')]
                  .map((e) => e.scrollHeight), 800)"""
            )
            page.set_viewport_size({"width": size["width"], "height": min(5000, int(tall) + 60)})
            page.wait_for_timeout(250)
        page.screenshot(path=str(SHOTS / f"{name}.png"))
        page.set_viewport_size(size)

    def check(self) -> None:
        """Nothing was asked for elsewhere, and the browser had nothing to complain about."""
        assert not self.elsewhere, self.elsewhere
        assert not self.complaints, self.complaints


# What moves while a page waits for the server is drawn without a graphics card here, and takes the
# time of the server.
_STILL = """addEventListener('DOMContentLoaded', () => {
  const still = document.createElement('style');
  still.textContent = '*, *::before, *::after { animation: none !important; '
    + 'transition: none !important; }';
  document.head.append(still);
});"""


@pytest.fixture(scope="session")
def profiles(chromium):
    """Gives a profile of the browser: its files are kept from page to page, as a user's are."""
    kept = {}

    def profile(size, scheme):
        if (size, scheme) not in kept:
            window = {"width": size[0], "height": size[1]}
            kept[size, scheme] = chromium.new_context(
                viewport=window, color_scheme=scheme, reduced_motion="reduce"
            )
            kept[size, scheme].add_init_script(_STILL)
        return kept[size, scheme]

    yield profile
    for context in kept.values():
        context.close()


@pytest.fixture
def visitor(profiles, lab):
    """Makes visitors, each with a page of its own; each is checked at the end of the test."""
    visitors = []

    def made(size=WIDE, scheme="light"):
        one = Visitor(profiles(size, scheme).new_page(), lab, [], [])
        one.page.set_default_timeout(6000 * SECONDS)
        _watch(one)
        visitors.append(one)
        return one

    yield made
    for one in visitors:
        one.check()
        one.page.close()


def _watch(visitor: Visitor) -> None:
    page, here = visitor.page, visitor.address
    inside = (here, here.replace("http", "ws"), "data:", f"blob:{here}", "about:")

    def asked(request):
        if not request.url.startswith(inside):
            visitor.elsewhere.append(request.url)

    def said(message):
        known = _EXPECTED.search(message.location.get("url", "")) and "404" in message.text
        if message.type == "error" and not known:
            visitor.complaints.append(message.text)

    page.on("request", asked)
    page.on("websocket", asked)
    page.on("console", said)
    page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
