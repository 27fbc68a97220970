"""What a visitor does in World and Play: watches a year, plays a game to its end, loads files."""

import json
import statistics
import time

import pytest

from tests.browser.conftest import SECONDS
from tests.browser.test_rooms import in_address, numbers

pytestmark = pytest.mark.usefixtures("ready")

ROUND_TRIP = 0.3 * SECONDS / 5
"""Seconds from a key to the map that shows what came of it."""

# The component draws into a shadow root, which Playwright's locators look into by themselves.
_PRESS = """async ([key, selector]) => {
  const inside = (e) => e.shadowRoot?.querySelector(selector);
  const root = [...document.querySelectorAll("*")].find(inside).shadowRoot;
  const began = performance.now();
  const changed = new Promise((done) => new MutationObserver(done).observe(
    root.querySelector(selector), { childList: true, characterData: true, subtree: true }));
  const event = new KeyboardEvent("keydown", { key, bubbles: true, composed: true });
  root.querySelector(".board-map").dispatchEvent(event);
  const late = new Promise((_, fail) => setTimeout(() => fail(`nothing came of ${key}`), 20000));
  await Promise.race([changed, late]);
  return (performance.now() - began) / 1000;
}"""


def clock(guest):
    return guest.page.locator(".player-clock").inner_text()


def step_of(guest):
    return int(clock(guest).split()[1].replace(",", ""))


def press(guest, key):
    """Press a key on the map as a script would; seconds until a step was taken."""
    return guest.page.evaluate(_PRESS, [key, ".board-clock"])


def scores(guest):
    return guest.page.locator(".board-side table").first.inner_text()


def test_a_year_plays_in_the_browser_alone(visitor):
    guest = visitor()
    sent = []
    guest.page.on("websocket", lambda socket: socket.on("framesent", lambda f: sent.append(f)))
    guest.open("/world")
    page = guest.page
    page.locator(".player-map").wait_for()
    guest.settle()
    assert clock(guest) == "step 0 of 1,000"
    page.get_by_label("Steps/s").select_option("50")
    before = len(sent)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(2000)
    page.get_by_role("button", name="Pause").click()
    assert 40 < step_of(guest) < 140
    assert len(sent) == before  # not a word to the server
    slider = page.get_by_role("slider", name="Step")
    slider.fill("640")
    assert step_of(guest) == 640
    page.get_by_role("button", name="+1 step").click()
    page.keyboard.press("ArrowRight")
    assert step_of(guest) == 642
    page.keyboard.press("End")
    assert step_of(guest) == 1000


def test_from_a_run_to_its_first_year(visitor):
    guest = visitor()
    guest.open("/runs?runs=small")
    guest.page.get_by_role("link", name="Watch a year of small").click()
    guest.page.get_by_text("The first year of the evaluation of the run small").wait_for()
    guest.settle()
    assert clock(guest) == "step 0 of 200"


def test_a_worker_is_followed_by_key_table_and_map_and_stands_in_the_address(visitor):
    guest = visitor()
    guest.open("/world")
    page = guest.page
    page.get_by_role("slider", name="Step").fill("400")
    page.get_by_role("button", name="Worker 3: follow").click()
    page.wait_for_function("() => location.search.includes('follow=3')")
    assert step_of(guest) == 400  # the map stays as it was
    account = page.locator(".player-account")
    assert "Worker 3, paid" in account.inner_text() and "taxes paid" in account.inner_text()
    page.get_by_role("slider", name="Step").focus()
    page.keyboard.press("4")
    page.wait_for_function("() => location.search.includes('follow=4')")
    other = visitor()
    other.open(page.url.removeprefix(guest.address))
    assert "Worker 4, paid" in other.page.locator(".player-account").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_function("() => !location.search.includes('follow=')")
    # On the map: everyone starts in a corner, by rank.
    page.get_by_role("slider", name="Step").fill("0")
    page.locator(".player-map").click(position={"x": 8, "y": 8})
    assert "Worker 3, paid" in account.inner_text()
    guest.shot("world-followed")


def hurry(guest, step):
    """Press a key faster than the answers come: at most three wait in line, and none is doubled."""
    guest.page.locator(".board-map").focus()
    for _ in range(12):
        guest.page.keyboard.press(".")
    guest.page.wait_for_timeout(1000)
    guest.settle()
    clock = guest.page.locator(".board-clock")
    reached = int(clock.inner_text().split()[1])
    assert step + 3 <= reached <= step + 12
    for k in range(3):
        press(guest, ".")
        assert clock.inner_text() == f"Step {reached + 1 + k} of 100."


def test_a_game_is_played_to_its_end_saved_and_played_again(visitor, tmp_path):
    guest = visitor()
    guest.open("/play?luck=4&worker=3")
    page = guest.page
    said = page.locator(".board-said")
    page.locator(".board-map").click()
    page.keyboard.press("b")
    page.get_by_text("A house takes a stone and a wood").first.wait_for()
    assert page.locator(".board-clock").inner_text() == "Step 0 of 100."
    for number, key in enumerate(["ArrowDown", "ArrowRight", "."], start=1):
        page.keyboard.press(key)
        page.get_by_text(f"Step {number} of 100.").wait_for()
    page.get_by_label("Price for wood, coin").select_option("0")
    page.get_by_role("button", name="Bid for wood at this price").click()
    page.get_by_text("Step 4 of 100.").wait_for()
    assert "bid at 0" in page.locator(".board-orders").nth(1).inner_text()
    page.get_by_role("button", name="Go down").click()
    page.get_by_text("Step 5 of 100.").wait_for()
    assert said.inner_text()
    guest.shot("play-moved")
    taken = [press(guest, "m") for _ in range(20)]
    print(f"round trip: median {statistics.median(taken):.3f} s, most {max(taken):.3f} s")
    assert statistics.median(taken) < ROUND_TRIP
    hurry(guest, 25)
    page.get_by_text("Moves in words").click()
    page.get_by_role("button", name="Let the machine play to the end").click()
    page.get_by_text("The game is over").first.wait_for()
    page.get_by_role("heading", name="machine").first.wait_for()
    guest.settle()
    assert len(page.locator('[data-testid="stMetric"]').all()) == 4
    guest.shot("play-over")

    with page.expect_download() as caught:
        page.get_by_role("button", name="Save the game").click()
    saved = tmp_path / "game.json"
    caught.value.save_as(saved)
    record = json.loads(saved.read_text())
    assert len(record["moves"]) == 100 and record["moves"][0] == "down"
    with page.expect_download() as caught:
        page.get_by_role("button", name="Export the steps (CSV)").click()
    assert len(caught.value.path().read_text().splitlines()) == 102

    other = visitor()
    other.open("/play")
    other.page.get_by_text("Load a saved game").click()
    files = other.page.locator('input[type="file"]')
    files.set_input_files(
        {"name": "x.json", "mimeType": "application/json", "buffer": b"\x80\x04."}
    )
    other.page.get_by_text("This file cannot be played").wait_for()
    files.set_input_files(saved)
    other.page.get_by_text("comes to what the file says").first.wait_for()
    other.settle()
    assert scores(other) == scores(guest)
    began = time.monotonic()
    other.page.get_by_role("link", name="Watch it again").click()
    other.page.locator(".player-map").wait_for()
    other.settle()
    assert time.monotonic() - began < SECONDS
    assert clock(other) == "step 0 of 100"
    other.shot("world-replay")

    page.get_by_role("button", name="Put it into the address").click()
    page.wait_for_function("() => location.search.includes('moves=')")
    third = visitor()
    third.open(page.url.removeprefix(guest.address))
    assert scores(third) == scores(guest)


def test_ten_visitors_at_once_do_not_mix_their_states(visitor):
    """Four change a tax and six play, each in their own way, and all at the same time."""
    guests = [visitor() for _ in range(10)]
    taxing, playing = guests[:4], guests[4:]
    for i, guest in enumerate(guests):
        tax = f"/tax?schedule=0%3A{5 * i},50%3A{50 - 5 * i}"
        path = tax if guest in taxing else f"/play?luck={i}&worker={1 + i % 4}"
        guest.page.goto(guest.address + path, wait_until="commit")
    for guest in guests:
        guest.settle()
    # All act before any of them has an answer; the last of them first.
    for i, guest in reversed(list(enumerate(guests))):
        lowest = guest.page.locator('[data-name="rate-0"]')
        handle, key = (lowest, "ArrowUp") if guest in taxing else (board(guest), ".")
        for _ in range(1 + i % 3):
            handle.press(key)
    for i, guest in enumerate(taxing):
        in_address(guest, f"0:{5 * i + 1 + i % 3},50:{50 - 5 * i}")
    for i, guest in enumerate(playing, start=4):
        guest.page.get_by_text(f"Step {1 + i % 3} of 100.").wait_for()
        assert f"You are worker {1 + i % 4}." in board(guest).get_attribute("aria-label")
    found = [tuple(numbers(guest)) for guest in taxing]
    assert len(set(found)) == 4
    # What one of them sees alone, in another session, is what it saw among the others.
    taxing[2].page.reload()
    taxing[2].settle()
    assert tuple(numbers(taxing[2])) == found[2]


def board(guest):
    return guest.page.locator(".board-map")
