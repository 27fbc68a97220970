// An episode as an animation: play, pause, step, scrub. No library, no request.
// solonPlayer(element, payload) fills the element; payload comes from solon.applications.taxation.figures.episode_map.

/** `options.isDark`: tells whether the page is dark, where that is not the browser's to say. */
function solonPlayer(root, payload, options = {}) {
  const SPEEDS = [2, 5, 10, 20, 50, 100];
  const episodes = payload.episodes.map(unpackEpisode);
  let episode = episodes[0];
  let time = 0; // in steps; between two whole numbers workers are on their way
  let playing = false;
  let speed = 10;
  let frame = 0;
  let lastTick = 0;
  let lastPanel = 0;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = options.isDark ?? (() => dark.matches);
  let chosen = -1; // the worker that is followed

  // ---- the page ----

  const map = make("canvas", { role: "img", class: "player-map" });
  const chart = make("canvas", { role: "img", class: "player-chart" });
  const pen = makePen(root);
  const mapView = makeMapView(map, pen);
  const coinChart = makeCoinChart(chart, pen);
  const laborCanvas = make("canvas", { role: "img", class: "player-labor" });
  const laborChart = makeCoinChart(laborCanvas, pen, "labor", 110);
  const account = make("div", { class: "player-account", hidden: "" });
  const scrub = make("input", { type: "range", min: 0, step: 1, value: 0, "aria-label": "Step" });
  const playButton = make("button", { type: "button", class: "primary" }, "Play");
  const back = make("button", { type: "button", "aria-label": "−1 step" }, "−1");
  const ahead = make("button", { type: "button", "aria-label": "+1 step" }, "+1");
  const restart = make("button", { type: "button" }, "To start");
  const speedSelect = make("select");
  for (const s of SPEEDS) speedSelect.append(make("option", { value: s }, s));
  speedSelect.value = speed;
  const clock = make("output", { class: "player-clock" });
  const body = make("tbody");
  const table = make(
    "table",
    { class: "player-table" },
    make("caption", {}, "Workers at this step, by payment for a house; press a number to follow one"),
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        ...["worker", "payment", "coin", "stone", "wood", "labor", "houses"].map((name) =>
          make("th", { scope: "col" }, name),
        ),
      ),
    ),
    body,
  );
  const news = make("ol", { class: "player-news" });
  const newsTitle = make("h4", {}, "Latest trades");
  const tax = make("p", { class: "player-tax" });
  const status = make("p", { class: "visually-hidden", role: "status" });
  const regimes = make("fieldset", { class: "player-regimes" }, make("legend", {}, "Regime"));
  const group = `regime-${Math.random().toString(36).slice(2)}`;
  episodes.forEach((item, index) => {
    const radio = make("input", { type: "radio", name: group, value: index });
    radio.checked = index === 0;
    radio.addEventListener("change", () => choose(index));
    regimes.append(make("label", {}, radio, make("span", {}, item.regime)));
  });
  regimes.hidden = episodes.length < 2;

  const controls = make(
    "div",
    { class: "player-controls" },
    playButton,
    restart,
    back,
    ahead,
    make("label", { class: "player-speed" }, "Steps/s ", speedSelect),
    clock,
  );

  root.classList.add("player");
  root.append(
    regimes,
    make(
      "div",
      { class: "player-stage" },
      make("div", { class: "player-left" }, map, controls, makeLegend(pen, () => colours()[0])),
      make(
        "div",
        { class: "player-time" },
        make(
          "p",
          { class: "hint" },
          "Coin of each worker over the year; triangles mark tax days, with the coin collected.",
        ),
        chart,
        laborCanvas,
        scrub,
        make(
          "p",
          { class: "hint" },
          "Keys: space plays and pauses, ← and → step by one, with shift by ten, Home and End jump; 1 to 9 follow a worker, Escape lets go. A click on a worker follows it, too.",
        ),
      ),
      make(
        "div",
        { class: "player-side" },
        make("div", { class: "table-scroll", tabindex: 0 }, table),
        tax,
        account,
        newsTitle,
        news,
      ),
    ),
    status,
  );

  // ---- numbers beside the map ----

  function fillRows() {
    body.replaceChildren();
    for (let i = 0; i < episode.count; i++) {
      const swatch = make("canvas", { class: "swatch", "aria-hidden": "true" });
      swatch.paint = () =>
        pen.disc(pen.prepare(swatch, 18, 18), 9, 9, 8, String(i + 1), colours()[i]);
      const pick = make("button", { type: "button", class: "player-pick" }, swatch);
      pick.setAttribute("aria-label", `Worker ${i + 1}: follow`);
      pick.addEventListener("click", () => follow(i === chosen ? -1 : i));
      const row = make("tr", {}, make("th", { scope: "row" }, pick));
      for (let k = 0; k < 6; k++) row.append(make("td"));
      body.append(row);
    }
    paintSwatches();
  }

  function paintSwatches() {
    for (const swatch of root.querySelectorAll("canvas.swatch")) swatch.paint();
  }

  function drawPanel() {
    const [t, n] = [Math.floor(time), episode.count];
    const cells = episode.size[0] * episode.size[1];
    const houses = new Array(n).fill(0);
    for (let i = t * cells; i < (t + 1) * cells; i++) if (episode.house[i] >= 0) houses[episode.house[i]]++;
    for (let i = 0; i < n; i++) {
      const at = t * n + i;
      const texts = [
        episode.payment[i].toFixed(1),
        episode.coin[at].toFixed(1),
        String(episode.goods[at * 2]),
        String(episode.goods[at * 2 + 1]),
        episode.labor[at].toFixed(0),
        String(houses[i]),
      ];
      texts.forEach((text, k) => set(body.rows[i].cells[k + 1], text));
    }
    set(clock, `step ${t.toLocaleString("en")} of ${episode.steps.toLocaleString("en")}`);
    const [day, paid, lump] = episode.taxes.filter(([s]) => s <= t).at(-1) ?? [];
    const next = episode.taxes.find(([s]) => s > t);
    set(
      tax,
      !episode.taxed
        ? "No tax is levied under this regime."
        : day === undefined
          ? `First tax day: step ${next ? next[0] : "none"}.`
          : `Last tax day, step ${day}: collected ${coinText(paid)} coin, returned ${coinText(lump)} to each.`,
    );
    const concerns = ([s, , buyer, seller]) =>
      s <= t && (chosen < 0 || buyer === chosen || seller === chosen);
    const latest = episode.trades.filter(concerns).slice(-8).reverse();
    if (chosen >= 0) drawAccount(account, episode, chosen, t);
    const lines = latest.map(
      ([s, kind, buyer, seller, price]) =>
        `step ${s}: ${buyer + 1} buys ${COMMODITIES[kind]} from ${seller + 1} for ${coinText(price)} coin`,
    );
    while (lines.length < 8) lines.push(lines.length || t === 0 ? " " : "none yet");
    if (t === 0) lines[0] = "none yet";
    if (news.textContent !== lines.join("")) news.replaceChildren(...lines.map((l) => make("li", {}, l)));
    scrub.value = t;
    scrub.setAttribute("aria-valuetext", clock.textContent);
  }

  function announce() {
    const n = episode.count;
    const t = Math.floor(time);
    const coin = Array.from({ length: n }, (_, i) => `${i + 1}: ${episode.coin[t * n + i].toFixed(0)}`);
    const followed = chosen < 0 ? "" : ` ${accountText(episode, chosen, t)}`;
    const text = `${episode.regime}, ${clock.textContent}. ${tax.textContent} Coin by worker ${coin.slice(0, 12).join(", ")}.${followed}`;
    map.setAttribute("aria-label", `Map of the economy. ${text}`);
    set(status, text);
  }

  function colours() {
    return payload.colours[isDark() ? "dark" : "light"][episode.count];
  }

  function draw(everything = true) {
    // A trade stays in sight for about a second, however fast the year goes by.
    mapView.draw(episode, time, colours(), Math.max(3, playing ? 0.8 * speed : 0), chosen);
    coinChart.draw(episode, time, colours(), chosen);
    if (chosen >= 0) laborChart.draw(episode, time, colours(), chosen);
    if (everything) drawPanel();
  }

  // ---- time ----

  function go(to) {
    time = Math.min(Math.max(0, to), episode.steps);
    draw();
    if (!playing) announce();
  }

  function tick(now) {
    if (!playing) return;
    // The first frame may carry a time from before the click; a hidden tab a very late one.
    const passed = Math.min(0.1, Math.max(0, now - lastTick) / 1000);
    lastTick = now;
    time = Math.min(time + passed * speed, episode.steps);
    const shown = time;
    if (still.matches) time = Math.floor(time); // no gliding
    const due = now - lastPanel > 100;
    if (due) lastPanel = now;
    draw(due);
    time = shown;
    if (time >= episode.steps) play(false);
    else frame = requestAnimationFrame(tick);
  }

  function play(wanted) {
    if (wanted === playing) return;
    playing = wanted;
    set(playButton, playing ? "Pause" : "Play");
    if (playing) {
      if (time >= episode.steps) time = 0;
      lastTick = performance.now();
      frame = requestAnimationFrame(tick);
    } else {
      cancelAnimationFrame(frame);
      go(Math.floor(time));
    }
  }

  /** Follow worker `i`, or nobody with -1. */
  function follow(i) {
    chosen = i < episode.count ? i : -1;
    [...body.rows].forEach((row, k) => {
      row.classList.toggle("followed", k === chosen);
      row.querySelector("button").setAttribute("aria-pressed", String(k === chosen));
    });
    account.hidden = laborCanvas.hidden = chosen < 0;
    set(newsTitle, chosen < 0 ? "Latest trades" : `Latest trades of worker ${chosen + 1}`);
    laborCanvas.setAttribute("aria-label", "Labor of each worker over the year.");
    draw();
    if (!playing) announce();
    options.onFollow?.(chosen);
  }

  function choose(index) {
    episode = episodes[index];
    scrub.max = episode.steps;
    chart.setAttribute(
      "aria-label",
      `Coin of each worker over the year under ${episode.regime}, with tax days marked.`,
    );
    time = Math.min(time, episode.steps);
    fillRows();
    follow(chosen);
    go(time);
  }

  playButton.addEventListener("click", () => play(!playing));
  restart.addEventListener("click", () => go(0));
  back.addEventListener("click", () => go(Math.ceil(time) - 1));
  ahead.addEventListener("click", () => go(Math.floor(time) + 1));
  speedSelect.addEventListener("change", () => (speed = Number(speedSelect.value)));
  scrub.addEventListener("input", () => go(Number(scrub.value)));
  map.addEventListener("click", (event) => {
    const i = mapView.workerAt(event, episode, time);
    follow(i === chosen ? -1 : i);
  });
  let dragging = false;
  const seek = (event) => go(coinChart.stepAt(event, episode));
  chart.addEventListener("pointerdown", (event) => {
    dragging = true;
    chart.setPointerCapture(event.pointerId);
    seek(event);
  });
  chart.addEventListener("pointermove", (event) => dragging && seek(event));
  for (const end of ["pointerup", "pointercancel"]) {
    chart.addEventListener(end, () => (dragging = false));
  }
  root.addEventListener("keydown", (event) => {
    const tagName = event.target.tagName;
    if (tagName === "SELECT" || event.ctrlKey || event.metaKey || event.altKey) return;
    const radio = event.target.type === "radio";
    if (/^[1-9]$/.test(event.key)) return follow(Number(event.key) - 1);
    const stride = event.shiftKey ? 10 : 1;
    const actions = {
      " ": tagName === "BUTTON" || radio ? null : () => play(!playing),
      ArrowLeft: radio ? null : () => go(Math.ceil(time) - stride),
      ArrowRight: radio ? null : () => go(Math.floor(time) + stride),
      Home: () => go(0),
      End: () => go(episode.steps),
      Escape: () => follow(-1),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });

  function repaint() {
    pen.forget();
    coinChart.forget();
    laborChart.forget();
    paintSwatches();
    draw();
  }
  const pause = () => play(false);
  const resized = new ResizeObserver(() => draw());
  dark.addEventListener("change", repaint);
  window.addEventListener("beforeprint", pause);
  resized.observe(map);

  /** Let go of the page. */
  function close() {
    pause();
    dark.removeEventListener("change", repaint);
    window.removeEventListener("beforeprint", pause);
    resized.disconnect();
    root.replaceChildren();
  }

  chosen = options.follow ?? -1;
  choose(0);
  return { go, play, choose, follow, repaint, close };
}
