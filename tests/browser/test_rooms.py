"""What a visitor does in Tax, Pandemic, Society and Runs, with a mouse, keys and files."""

import http.client
import pathlib
import shutil
import urllib.parse


def numbers(guest):
    return guest.page.locator('[data-testid="stMetric"]').all_inner_texts()


def rate(guest, bracket):
    return guest.page.locator(f'[data-name="rate-{bracket}"]')


def rate_of(guest, bracket):
    return float(rate(guest, bracket).get_attribute("aria-valuenow"))


def drag(guest, handle, up):
    box = handle.locator("circle").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = guest.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x, y - up, steps=6)
    mouse.up()


def in_address(guest, text):
    guest.page.wait_for_function(
        "(text) => decodeURIComponent(location.search).includes(text)", arg=text
    )
    guest.page.wait_for_timeout(300)
    guest.settle()


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


def test_a_run_that_goes_under_open_pages(visitor, runs):
    guest = visitor()
    guest.open("/runs?runs=small,short-lived")
    page = guest.page
    page.get_by_text("Start a training").click()
    page.get_by_label("Name", exact=True).fill("../../outside")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("alert").filter(has_text="letters, digits").wait_for()
    other = visitor()
    other.open("/runs?runs=short-lived")
    shutil.rmtree(runs / "short-lived")
    for open_page in (other, guest):
        open_page.page.get_by_role("button", name="Prepare the report").last.click()
        gone = open_page.page.get_by_role("alert").filter(has_text="not any more: short-lived")
        gone.wait_for()
    guest.shot("runs-gone")


def test_dragging_a_rate_changes_the_numbers_and_the_link_reopens_it(visitor):
    guest = visitor()
    guest.open("/tax")
    before = numbers(guest)
    drag(guest, rate(guest, 2), up=60)
    in_address(guest, "schedule=")
    dragged = rate_of(guest, 2)
    assert 40 < dragged < 70 and numbers(guest) != before
    guest.shot("tax-dragged")
    other = visitor()
    other.open(guest.page.url.removeprefix(guest.address))
    assert numbers(other) == numbers(guest) and rate_of(other, 2) == dragged


def test_keys_move_a_handle_and_rates_can_be_typed(visitor):
    guest = visitor()
    guest.open("/tax")
    rate(guest, 0).focus()
    guest.page.keyboard.press("PageUp")
    guest.page.keyboard.press("ArrowUp")
    in_address(guest, "0:21")
    guest.page.locator('[data-name="edge-1"]').focus()
    guest.page.keyboard.press("ArrowRight")
    in_address(guest, ",11:12")
    guest.page.get_by_text("Type rates and edges").click()
    field = guest.page.get_by_label("Rate of bracket 1 (%)")
    field.fill("44")
    field.press("Enter")
    in_address(guest, "0:44")
    assert rate_of(guest, 0) == 44


BAD_FILES = {
    "bad.yaml": (b"rates: [2.0]\ncutoffs: [0]\n", "Rates go from 0 to 100 %"),
    "pickle.yaml": (b"\x80\x04\x95\x10\x00", "text in UTF-8"),
    "<img src=x onerror=alert(1)>.yaml": (b"hello: 1", "The file has no rates"),
}


def test_a_bad_file_is_said_and_nothing_changes_and_a_good_one_is_taken(visitor):
    guest = visitor()
    guest.open("/tax")
    page, before = guest.page, numbers(guest)
    page.get_by_text("Load or save a file").click()
    files = page.locator('input[type="file"]')

    def load(name, content):
        files.set_input_files({"name": name, "mimeType": "application/yaml", "buffer": content})

    for name, (content, said) in BAD_FILES.items():
        load(name, content)
        page.get_by_role("alert").filter(has_text=said).wait_for()
        guest.settle()
        # What was open stays open: the mistake is said beside it.
        assert files.is_visible() or page.get_by_text("Save this schedule").is_visible()
        assert numbers(guest) == before and page.locator("img[src='x']").count() == 0
    guest.shot("tax-bad-file")
    load("plan.yaml", b"name: 'a <b>bold</b> plan'\nrates: [0.25, 0.5]\ncutoffs: [0, 60]\n")
    page.get_by_text("a <b>bold</b> plan").first.wait_for()
    guest.settle()
    assert rate_of(guest, 0) == 25
    for tab in ("Schedule and incomes", "Lorenz curves", "Who wins"):
        page.get_by_role("tab", name=tab).click()
        guest.shot(f"tax-{tab.lower().replace(' ', '-')}")


def test_the_pandemic_answers_to_sliders_and_plays(visitor):
    guest = visitor()
    guest.open("/pandemic")
    page, before = guest.page, numbers(guest)
    page.get_by_role("slider", name="Level when closed").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    in_address(guest, "closed-level=10")
    assert numbers(guest) != before
    day = page.locator(".slider-label").first
    shown = day.text_content()
    page.locator(".updatemenu-button").first.click()
    page.wait_for_function(
        "(before) => document.querySelector('.slider-label').textContent !== before", arg=shown
    )
    page.get_by_role("button", name="Simulation card").click()
    page.get_by_text("What it is for").wait_for()
    page.keyboard.press("Escape")
    for tab in ("Over time", "Deaths against output", "All numbers"):
        page.get_by_role("tab", name=tab).click()
        guest.shot(f"pandemic-{tab.lower().replace(' ', '-')}")


def test_ten_years_of_a_society_are_set_saved_and_ranked(visitor):
    guest = visitor()
    guest.open("/society?mode=play&society=4")
    page = guest.page
    for year in range(1, 11):
        page.get_by_role("slider", name=f"Rate of the tax in year {year}").focus()
        page.keyboard.press("ArrowRight")
        page.get_by_role("button", name=f"Tax year {year}", exact=True).click()
        page.get_by_text(f"Year {year + 1} of 10" if year < 10 else "of the gap").first.wait_for()
        guest.settle()
    name = page.get_by_label("Your name, for the file")
    name.fill("<b>Ada</b>")
    name.press("Enter")
    guest.settle()
    with page.expect_download() as kept:
        page.get_by_role("button", name="Save the game").click()
    page.get_by_text("Rank saved games").click()
    bad = {"name": "<i>.json", "mimeType": "application/json", "buffer": b"{}"}
    content = pathlib.Path(kept.value.path()).read_bytes()
    good = {"name": "ada.json", "mimeType": "application/json", "buffer": content}
    page.locator('input[type="file"]').set_input_files([bad, good])
    page.get_by_role("alert").filter(has_text="<i>.json is left out").wait_for()
    page.get_by_role("cell", name="<b>Ada</b>").wait_for()
    guest.settle()
    guest.shot("society-ranked")
