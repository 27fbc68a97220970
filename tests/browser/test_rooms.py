"""What a visitor does in Home, Tax, Pandemic and Runs, with a mouse, keys and files."""

import http.client
import time
import urllib.parse

import pytest

from tests.browser.conftest import PHONE, SECONDS


def numbers(guest):
    return guest.page.locator('[data-testid="stMetric"]').all_inner_texts()


def rate(guest, bracket):
    return guest.page.locator(f'[data-name="rate-{bracket}"]')


def test_each_question_is_one_click_from_a_result(visitor):
    for words, seen in (("Try a tax", "Productivity"), ("Try a lockdown", "Deaths")):
        guest = visitor()
        guest.open("/")
        began = time.monotonic()
        guest.page.get_by_role("link", name=words).click()
        guest.page.wait_for_selector('[data-testid="stMetric"]')
        guest.settle()
        assert time.monotonic() - began < SECONDS
        assert seen in " ".join(numbers(guest))


def test_an_example_opens_with_its_settings(visitor):
    guest = visitor()
    guest.open("/")
    guest.page.get_by_role("link", name="Everybody pays 30 %").click()
    guest.page.wait_for_selector('[data-testid="stMetric"]')
    guest.settle()
    assert rate(guest, 6).get_attribute("aria-valuenow") == "30"


def test_dragging_a_rate_changes_the_numbers_and_the_link_reopens_it(visitor):
    guest = visitor()
    guest.open("/tax")
    before = numbers(guest)
    box = rate(guest, 2).locator("circle").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = guest.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x, y - 60, steps=6)
    began = time.monotonic()
    mouse.up()
    guest.page.wait_for_function("() => location.search.includes('schedule=')")
    guest.page.wait_for_timeout(300)
    guest.settle()
    assert time.monotonic() - began < SECONDS + 1
    dragged = float(rate(guest, 2).get_attribute("aria-valuenow"))
    assert 40 < dragged < 70 and numbers(guest) != before
    guest.shot("tax-dragged")
    other = visitor()
    other.open(guest.page.url.removeprefix(guest.address))
    assert numbers(other) == numbers(guest)
    assert float(rate(other, 2).get_attribute("aria-valuenow")) == dragged


def test_keys_move_a_handle(visitor):
    guest = visitor()
    guest.open("/tax")
    rate(guest, 0).focus()
    guest.page.keyboard.press("PageUp")
    guest.page.keyboard.press("ArrowUp")
    guest.page.wait_for_function("() => decodeURIComponent(location.search).includes('0:21')")
    guest.settle()
    guest.page.locator('[data-name="edge-1"]').focus()
    guest.page.keyboard.press("ArrowRight")
    guest.page.wait_for_function("() => decodeURIComponent(location.search).includes(',11:12')")


def test_typing_a_rate(visitor):
    guest = visitor()
    guest.open("/tax")
    guest.page.get_by_text("Type rates and edges").click()
    field = guest.page.get_by_label("Rate of bracket 1 (%)")
    field.fill("44")
    field.press("Enter")
    guest.page.wait_for_function("() => decodeURIComponent(location.search).includes('0:44')")
    guest.settle()
    assert rate(guest, 0).get_attribute("aria-valuenow") == "44"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bad.yaml", b"rates: [2.0]\ncutoffs: [0]\n", "between 0 and 1"),
        ("pickle.yaml", b"\x80\x04\x95\x10\x00", "text in UTF-8"),
        ("<img src=x onerror=alert(1)>.yaml", b"hello: 1", "img src=x"),
    ],
)
def test_a_bad_file_is_said_and_nothing_changes(visitor, name, content, said):
    guest = visitor()
    guest.open("/tax")
    before = numbers(guest)
    guest.page.get_by_text("Load or save a file").click()
    files = guest.page.locator('input[type="file"]')
    files.set_input_files({"name": name, "mimeType": "application/yaml", "buffer": content})
    alert = guest.page.get_by_role("alert").filter(has_text="allowed")
    alert.wait_for()
    guest.settle()
    assert said in alert.inner_text() and numbers(guest) == before
    assert guest.page.locator("img[src='x']").count() == 0


def test_a_good_file_is_taken(visitor):
    guest = visitor()
    guest.open("/tax")
    guest.page.get_by_text("Load or save a file").click()
    content = b"name: 'a <b>bold</b> plan'\nrates: [0.25, 0.5]\ncutoffs: [0, 60]\n"
    guest.page.locator('input[type="file"]').set_input_files(
        {"name": "plan.yaml", "mimeType": "application/yaml", "buffer": content}
    )
    guest.page.get_by_text("a <b>bold</b> plan").first.wait_for()
    guest.settle()
    assert rate(guest, 0).get_attribute("aria-valuenow") == "25"


def test_the_pandemic_answers_to_sliders_and_plays(visitor):
    guest = visitor()
    guest.open("/pandemic")
    before = numbers(guest)
    guest.page.get_by_role("slider", name="Level when closed").focus()
    for _ in range(2):
        guest.page.keyboard.press("ArrowRight")
    guest.page.wait_for_function("() => location.search.includes('closed-level=10')")
    guest.page.wait_for_timeout(300)
    guest.settle()
    assert numbers(guest) != before
    day = guest.page.locator(".slider-label").first
    shown = day.text_content()
    guest.page.locator(".updatemenu-button").first.click()
    guest.page.wait_for_timeout(1500)
    assert day.text_content() != shown
    guest.page.get_by_role("button", name="Simulation card").click()
    guest.page.get_by_text("What it is for").wait_for()
    guest.page.keyboard.press("Escape")
    for tab in ("Over time", "Deaths against output", "All numbers"):
        guest.page.get_by_role("tab", name=tab).click()
        guest.page.wait_for_timeout(400)
        guest.shot(f"pandemic-{tab.lower().replace(' ', '-')}")


def test_figures_of_the_tax_room(visitor):
    guest = visitor()
    guest.open("/tax")
    for tab in ("Schedule and incomes", "Lorenz curves", "Who wins"):
        guest.page.get_by_role("tab", name=tab).click()
        guest.page.wait_for_timeout(400)
        guest.shot(f"tax-{tab.lower().replace(' ', '-')}")
    small = visitor(PHONE)
    small.open("/tax")
    small.page.get_by_role("tab", name="Lorenz curves").click()
    small.page.wait_for_timeout(400)
    small.shot("tax-lorenz-phone")


def test_a_bad_name_of_a_run_is_said(visitor):
    guest = visitor()
    guest.open("/runs")
    guest.page.get_by_text("Start a training").click()
    guest.page.get_by_label("Name", exact=True).fill("../../outside")
    guest.page.get_by_role("button", name="Start", exact=True).click()
    guest.page.get_by_role("alert").filter(has_text="letters, digits").wait_for()


def test_ten_visitors_do_not_mix_their_states(visitor):
    guests = [visitor() for _ in range(10)]
    addresses = [f"/tax?schedule=0%3A{5 * i},50%3A{50 - 5 * i}" for i in range(10)]
    for guest, address in zip(guests, addresses, strict=True):
        guest.page.goto(guest.address + address, wait_until="commit")
    for guest in guests:
        guest.settle()
    found = []
    for i, guest in enumerate(guests):
        assert rate(guest, 0).get_attribute("aria-valuenow") == str(5 * i)
        found.append(tuple(numbers(guest)))
    assert len(set(found)) == 10
    for i in (0, 7):
        alone = visitor()
        alone.open(addresses[i])
        assert tuple(numbers(alone)) == found[i]


def test_other_hosts_are_refused(lab):
    place = urllib.parse.urlsplit(lab)
    for path in ("/", "/_stcore/health", "/_stcore/stream", "/_stcore/upload_file/x/y"):
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
        connection.request("GET", path, headers={"Host": "evil.example"})
        assert connection.getresponse().status == 421
        connection.close()
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
    upgrade = {
        "Host": "evil.example", "Connection": "Upgrade", "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }  # fmt: skip
    connection.request("GET", "/_stcore/stream", headers=upgrade)
    assert connection.getresponse().status == 403
    connection.close()
