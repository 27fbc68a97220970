// Frames come by the clock: headless browsers hurry the clock along, but paint when they like.
window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 16);
window.cancelAnimationFrame = clearTimeout;

(async () => {
  const seen = {};
  window.addEventListener("error", (event) => (seen.error = event.message));
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const root = document.getElementById("player");
  solonPlayer(root, JSON.parse(document.getElementById("episodes").textContent));
  const range = root.querySelector("input[type=range]");
  const text = (selector) => root.querySelector(selector).textContent;
  const clock = () => Number(text(".player-clock").match(/[\d,]+/)[0].replace(",", ""));
  const press = (name) =>
    [...root.querySelectorAll("button")].find((b) => b.textContent === name).click();
  const key = (name, options = {}) =>
    range.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, ...options }));
  const rows = () =>
    [...root.querySelectorAll("tbody tr")].map((row) =>
      [...row.cells].slice(1).map((cell) => cell.textContent),
    );

  seen.start = clock();
  press("Play");
  await wait(1500);
  press("Pause");
  seen.played = clock();
  await wait(500);
  seen.paused = clock();
  range.value = 640;
  range.dispatchEvent(new Event("input", { bubbles: true }));
  seen.scrubbed = clock();
  seen.rows = rows();
  key("3");
  seen.account = [...root.querySelectorAll(".player-account dd")].map((node) => node.textContent);
  seen.followed = [...root.querySelectorAll("tr.followed")].map((row) => row.rowIndex);
  key("Escape");
  seen.left_alone = root.querySelector(".player-account").hidden;
  key("ArrowRight");
  seen.right = clock();
  key("ArrowLeft", { shiftKey: true });
  seen.left = clock();
  key("End");
  seen.end = clock();
  root.querySelectorAll("input[type=radio]")[1].click();
  seen.kept = clock();
  seen.other = rows();
  seen.tax = text(".player-tax");
  key("Home");
  key(" ");
  await wait(500);
  key(" ");
  seen.space = clock();
  const map = root.querySelector(".player-map");
  seen.label = map.getAttribute("aria-label");
  const pixels = map.getContext("2d").getImageData(0, 0, map.width, map.height).data;
  seen.colours = new Set(new Uint32Array(pixels.buffer)).size;
  const out = document.createElement("pre");
  out.id = "seen";
  out.textContent = JSON.stringify(seen);
  document.body.append(out);
})();
