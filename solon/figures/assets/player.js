// One episode on a map: play, pause, step, scrub. No library, no request.
// solonPlayer(element, payload) fills the element; payload comes from solon.figures.episode_map.
"use strict";

function solonPlayer(root, payload) {
  const COMMODITIES = ["stone", "wood"];
  const SPEEDS = [2, 5, 10, 20, 50, 100];
  const episodes = payload.episodes.map(decode);
  let episode = episodes[0];
  let time = 0; // in steps; between two whole numbers workers are on their way
  let playing = false;
  let speed = 10;
  let frame = 0;
  let lastTick = 0;
  let lastPanel = 0;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  // ---- data ----

  function bytes(text) {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  }

  function unfold(packed, Kind, steps) {
    const start = new Kind(bytes(packed.start));
    const width = start.length;
    const step = new Int32Array(bytes(packed.step));
    const place = new Int32Array(bytes(packed.place));
    const value = new Kind(bytes(packed.value));
    const all = new Kind((steps + 1) * width);
    all.set(start);
    for (let t = 1, i = 0; t <= steps; t++) {
      all.copyWithin(t * width, (t - 1) * width, t * width);
      for (; i < step.length && step[i] === t; i++) all[t * width + place[i]] = value[i];
    }
    return all;
  }

  function decode(packed) {
    const steps = packed.steps;
    return {
      ...packed,
      count: packed.payment.length,
      water: new Uint8Array(bytes(packed.water)),
      source: new Uint8Array(bytes(packed.source)),
      resource: unfold(packed.resource, Int8Array, steps),
      house: unfold(packed.house, Int16Array, steps),
      location: new Int16Array(bytes(packed.location)),
      coin: unfold(packed.coin, Float32Array, steps),
      goods: unfold(packed.goods, Int16Array, steps),
      labor: unfold(packed.labor, Float32Array, steps),
    };
  }

  // ---- the page ----

  function make(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  const map = make("canvas", { role: "img", class: "player-map" });
  const chart = make("canvas", { role: "img", class: "player-chart" });
  const scrub = make("input", { type: "range", min: 0, step: 1, value: 0, "aria-label": "Step" });
  const playButton = make("button", { type: "button", class: "primary" }, "Play");
  const back = make("button", { type: "button", "aria-label": "One step back" }, "−1");
  const ahead = make("button", { type: "button", "aria-label": "One step ahead" }, "+1");
  const restart = make("button", { type: "button" }, "To start");
  const speedSelect = make("select");
  for (const s of SPEEDS) speedSelect.append(make("option", { value: s }, s));
  speedSelect.value = speed;
  const clock = make("output", { class: "player-clock" });
  const body = make("tbody");
  const table = make(
    "table",
    { class: "player-table" },
    make("caption", {}, "Workers at this step, by payment for a house"),
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
      make("div", { class: "player-left" }, map, controls, legend()),
      make(
        "div",
        { class: "player-time" },
        make(
          "p",
          { class: "hint" },
          "Coin of each worker over the year; triangles mark tax days, with the coin collected.",
        ),
        chart,
        scrub,
        make(
          "p",
          { class: "hint" },
          "Keys: space plays and pauses, ← and → step by one, with shift by ten, Home and End jump.",
        ),
      ),
      make(
        "div",
        { class: "player-side" },
        make("div", { class: "table-scroll", tabindex: 0 }, table),
        tax,
        make("h4", {}, "Latest trades"),
        news,
      ),
    ),
    status,
  );

  function legend() {
    const list = make("ul", { class: "player-legend" });
    const marks = [
      ["stone", (g, s) => stone(g, s / 2, s / 2, s * 0.42)],
      ["wood", (g, s) => wood(g, s / 2, s / 2, s * 0.42)],
      ["place where stone regrows", (g, s) => source(g, 0, 0, s, 1)],
      ["place where wood regrows", (g, s) => source(g, 0, 0, s, 2)],
      ["water", (g, s) => fill(g, colour("--water"), 0, 0, s, s)],
      ["house", (g, s) => house(g, s / 2, s / 2, s * 0.45, colour("--muted"))],
      ["worker, 1 earns least for a house", (g, s) => disc(g, s / 2, s / 2, s * 0.48, "", 0)],
    ];
    for (const [name, paint] of marks) {
      const canvas = make("canvas", { class: "swatch", "aria-hidden": "true" });
      canvas.paint = () => {
        const g = prepare(canvas, 18, 18);
        paint(g, 18);
      };
      list.append(make("li", {}, canvas, name));
    }
    return list;
  }

  // ---- drawing ----

  function colour(name) {
    return getComputedStyle(root).getPropertyValue(name).trim();
  }

  let cache = {};
  function ink(name) {
    // Reading a style makes the browser lay the page out: once a theme is enough.
    return (cache[name] ??= colour(name));
  }

  function workerColour(i) {
    const theme = dark.matches && !root.closest(".always-light") ? "dark" : "light";
    return payload.colours[theme][episode.count][i];
  }

  function prepare(canvas, width, height) {
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.height = `${height}px`;
    }
    const g = canvas.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    return g;
  }

  function fill(g, style, x, y, width, height) {
    g.fillStyle = style;
    g.fillRect(x, y, width, height);
  }

  function shape(g, points, style) {
    g.beginPath();
    points.forEach(([x, y], i) => (i ? g.lineTo(x, y) : g.moveTo(x, y)));
    g.closePath();
    g.fillStyle = style;
    g.fill();
  }

  function stone(g, x, y, r) {
    const points = [];
    for (let i = 0; i < 6; i++) {
      points.push([x + r * Math.cos((i * Math.PI) / 3), y + r * Math.sin((i * Math.PI) / 3)]);
    }
    shape(g, points, ink("--stone"));
  }

  function wood(g, x, y, r) {
    shape(g, [[x, y - r], [x + r * 0.9, y + r * 0.75], [x - r * 0.9, y + r * 0.75]], ink("--wood"));
  }

  function source(g, x, y, size, kind) {
    g.globalAlpha = 0.25;
    fill(g, ink(kind === 1 ? "--stone" : "--wood"), x, y, size, size);
    g.globalAlpha = 1;
  }

  function house(g, x, y, r, style) {
    const points = [
      [x, y - r],
      [x + r, y - r * 0.1],
      [x + r * 0.72, y - r * 0.1],
      [x + r * 0.72, y + r * 0.85],
      [x - r * 0.72, y + r * 0.85],
      [x - r * 0.72, y - r * 0.1],
      [x - r, y - r * 0.1],
    ];
    shape(g, points, style);
    g.strokeStyle = ink("--paper");
    g.lineWidth = 1;
    g.stroke();
  }

  function onTop(style) {
    // Black or white, whichever reads better on a colour (WCAG relative luminance).
    const part = [1, 3, 5].map((i) => {
      const c = parseInt(style.slice(i, i + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2] > 0.179 ? "#000000" : "#ffffff";
  }

  function disc(g, x, y, r, text, i) {
    const style = workerColour(i);
    g.beginPath();
    g.arc(x, y, r, 0, 2 * Math.PI);
    g.fillStyle = style;
    g.fill();
    g.strokeStyle = ink("--paper");
    g.lineWidth = 1.5;
    g.stroke();
    if (!text) return;
    g.fillStyle = onTop(style);
    write(g, text, x, y + 0.5, `bold ${Math.round(r * 1.25)}px`, "center");
  }

  function write(g, text, x, y, font, align) {
    g.font = `${font} ${ink("--font")}`;
    g.textAlign = align;
    g.textBaseline = "middle";
    g.fillText(text, x, y);
  }

  function place(i, at) {
    const t = Math.floor(at);
    const [row, column] = [0, 1].map((d) => {
      const here = episode.location[(t * episode.count + i) * 2 + d];
      if (t >= episode.steps) return here;
      const next = episode.location[((t + 1) * episode.count + i) * 2 + d];
      // A worker that is put on the map does not glide to its place.
      return Math.abs(next - here) <= 1 && here >= 0 ? here + (at - t) * (next - here) : here;
    });
    return [row, column];
  }

  function drawMap() {
    const [height, width] = episode.size;
    const size = Math.max(1, map.clientWidth) / width;
    const g = prepare(map, size * width, size * height);
    const t = Math.floor(time);
    const cells = width * height;
    fill(g, ink("--ground"), 0, 0, size * width, size * height);
    g.strokeStyle = ink("--grid");
    g.lineWidth = 0.5;
    for (let i = 0; i < cells; i++) {
      const [x, y] = [(i % width) * size, Math.floor(i / width) * size];
      if (episode.water[i]) {
        fill(g, ink("--water"), x, y, size + 0.5, size + 0.5);
        continue;
      }
      if (episode.source[i]) source(g, x, y, size, episode.source[i]);
      g.strokeRect(x, y, size, size);
      const resource = episode.resource[t * cells + i];
      if (resource === 1) stone(g, x + size / 2, y + size / 2, size * 0.36);
      if (resource === 2) wood(g, x + size / 2, y + size / 2, size * 0.38);
      const owner = episode.house[t * cells + i];
      if (owner >= 0) house(g, x + size / 2, y + size / 2, size * 0.46, workerColour(owner));
    }
    const middle = (i) => place(i, time).map((v) => (v + 0.5) * size);
    // A trade stays in sight for about a second, however fast the year goes by.
    const since = time - Math.max(3, playing ? 0.8 * speed : 0);
    const recent = episode.trades.filter(([s]) => s <= time && s > since);
    const r = Math.max(size * 0.48, 8);
    for (const [, kind, buyer, seller] of recent) {
      const [y0, x0] = middle(seller);
      const [y1, x1] = middle(buyer);
      arrow(g, x0, y0, x1, y1, r, ink(kind === 0 ? "--stone" : "--wood"));
    }
    for (let i = 0; i < episode.count; i++) {
      const [y, x] = middle(i);
      if (y > 0 && x > 0) disc(g, x, y, r, String(i + 1), i);
    }
    for (const [, kind, buyer, seller, price] of recent.slice(-3)) {
      const [y0, x0] = middle(seller);
      const [y1, x1] = middle(buyer);
      tag(g, `${COMMODITIES[kind]} for ${coins(price)}`, (x0 + x1) / 2, (y0 + y1) / 2, size * width);
    }
  }

  function arrow(g, x0, y0, x1, y1, r, style) {
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (length < 1) return;
    const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
    const [tx, ty] = [x1 - dx * r, y1 - dy * r];
    for (const [width, stroke] of [[6, ink("--paper")], [3, style]]) {
      g.strokeStyle = stroke;
      g.lineWidth = width;
      g.beginPath();
      g.moveTo(x0, y0);
      g.lineTo(tx, ty);
      g.stroke();
    }
    const [bx, by] = [tx - dx * 11, ty - dy * 11];
    shape(g, [[tx, ty], [bx - dy * 6, by + dx * 6], [bx + dy * 6, by - dx * 6]], style);
  }

  function tag(g, text, x, y, edge) {
    g.font = `600 12px ${ink("--font")}`;
    const half = g.measureText(text).width / 2 + 6;
    x = Math.min(Math.max(x, half + 2), edge - half - 2);
    fill(g, ink("--paper"), x - half, y - 10, 2 * half, 20);
    g.strokeStyle = ink("--muted");
    g.lineWidth = 1;
    g.strokeRect(x - half, y - 10, 2 * half, 20);
    g.fillStyle = ink("--ink");
    write(g, text, x, y + 0.5, "600 12px", "center");
  }

  // ---- coin over the year, with the tax days ----

  const PAD = { left: 46, right: 26, top: 34, bottom: 22 };
  let backdrop = null;

  function drawChart() {
    const width = Math.max(200, chart.clientWidth);
    const height = 170;
    const g = prepare(chart, width, height);
    const x = (t) => PAD.left + ((width - PAD.left - PAD.right) * t) / episode.steps;
    if (!backdrop || backdrop.of !== episode || backdrop.cssWidth !== width) {
      backdrop = document.createElement("canvas");
      Object.assign(backdrop, { of: episode, cssWidth: width });
      drawLines(prepare(backdrop, width, height), width, height, x);
    }
    g.drawImage(backdrop, 0, 0, width, height);
    g.strokeStyle = ink("--ink");
    g.lineWidth = 1.5;
    g.beginPath();
    g.moveTo(x(time), PAD.top - 6);
    g.lineTo(x(time), height - PAD.bottom);
    g.stroke();
  }

  function drawLines(g, width, height, x) {
    const n = episode.count;
    let top = 1;
    let low = 0;
    for (const value of episode.coin) {
      top = Math.max(top, value);
      low = Math.min(low, value);
    }
    const y = (v) =>
      height - PAD.bottom - ((height - PAD.bottom - PAD.top) * (v - low)) / (top - low);
    const raw = (top - low) / 4;
    const power = 10 ** Math.floor(Math.log10(raw));
    const gap = power * [1, 2, 5, 10].find((s) => s * power >= raw);
    g.lineWidth = 1;
    for (let v = Math.ceil(low / gap) * gap; v <= top; v += gap) {
      g.strokeStyle = ink("--grid");
      g.beginPath();
      g.moveTo(PAD.left, y(v));
      g.lineTo(width - PAD.right, y(v));
      g.stroke();
      g.fillStyle = ink("--muted");
      write(g, v.toLocaleString("en"), PAD.left - 6, y(v), "11px", "right");
    }
    write(g, "coin", PAD.left - 6, PAD.top - 14, "11px", "right");
    for (let i = 0; i <= 4; i++) {
      const t = Math.round((episode.steps * i) / 4);
      write(g, i ? t.toLocaleString("en") : "step 0", x(t), height - 9, "11px", "center");
    }
    const room = (width - PAD.left - PAD.right) / Math.max(1, episode.taxes.length);
    for (const [t, paid] of episode.taxed ? episode.taxes : []) {
      g.strokeStyle = ink("--muted");
      g.setLineDash([3, 3]);
      g.beginPath();
      g.moveTo(x(t), PAD.top - 4);
      g.lineTo(x(t), height - PAD.bottom);
      g.stroke();
      g.setLineDash([]);
      shape(g, [[x(t) - 5, PAD.top - 10], [x(t) + 5, PAD.top - 10], [x(t), PAD.top - 2]], ink("--taxes"));
      g.fillStyle = ink("--ink");
      if (room > 34) write(g, coins(paid, 0), x(t), PAD.top - 19, "11px", "center");
    }
    for (let i = 0; i < n; i++) {
      g.strokeStyle = workerColour(i);
      g.lineWidth = 2;
      g.beginPath();
      for (let t = 0; t <= episode.steps; t++) g.lineTo(x(t), y(episode.coin[t * n + i]));
      g.stroke();
    }
    const ends = Array.from({ length: n }, (_, i) => [i, y(episode.coin[episode.steps * n + i])]);
    ends.sort((a, b) => a[1] - b[1]);
    if (n > 8) return;
    let free = 0;
    for (const [i, at] of ends) {
      free = Math.max(at, free + 15);
      disc(g, width - PAD.right + 12, Math.min(free, height - 8), 7, String(i + 1), i);
    }
  }

  // ---- numbers beside the map ----

  function coins(value, digits = 1) {
    return Number.isInteger(value) || digits === 0 ? String(Math.round(value)) : value.toFixed(digits);
  }

  function set(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  function fillRows() {
    body.replaceChildren();
    for (let i = 0; i < episode.count; i++) {
      const swatch = make("canvas", { class: "swatch", "aria-hidden": "true" });
      swatch.paint = () => disc(prepare(swatch, 18, 18), 9, 9, 8, String(i + 1), i);
      const name = make("span", { class: "visually-hidden" }, String(i + 1));
      const row = make("tr", {}, make("th", { scope: "row" }, swatch, name));
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
          : `Last tax day, step ${day}: collected ${coins(paid)} coin, returned ${coins(lump)} to each.`,
    );
    const latest = episode.trades.filter(([s]) => s <= t).slice(-8).reverse();
    const lines = latest.map(
      ([s, kind, buyer, seller, price]) =>
        `step ${s}: ${buyer + 1} buys ${COMMODITIES[kind]} from ${seller + 1} for ${coins(price)} coin`,
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
    const text = `${episode.regime}, ${clock.textContent}. ${tax.textContent} Coin by worker ${coin.slice(0, 12).join(", ")}.`;
    map.setAttribute("aria-label", `Map of the economy. ${text}`);
    set(status, text);
  }

  function draw(everything = true) {
    drawMap();
    drawChart();
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

  function choose(index) {
    episode = episodes[index];
    scrub.max = episode.steps;
    chart.setAttribute(
      "aria-label",
      `Coin of each worker over the year under ${episode.regime}, with tax days marked.`,
    );
    time = Math.min(time, episode.steps);
    fillRows();
    go(time);
  }

  playButton.addEventListener("click", () => play(!playing));
  restart.addEventListener("click", () => go(0));
  back.addEventListener("click", () => go(Math.ceil(time) - 1));
  ahead.addEventListener("click", () => go(Math.floor(time) + 1));
  speedSelect.addEventListener("change", () => (speed = Number(speedSelect.value)));
  scrub.addEventListener("input", () => go(Number(scrub.value)));
  let dragging = false;
  const seek = (event) => {
    const box = chart.getBoundingClientRect();
    const share = (event.clientX - box.left - PAD.left) / (box.width - PAD.left - PAD.right);
    go(Math.round(share * episode.steps));
  };
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
    const stride = event.shiftKey ? 10 : 1;
    const actions = {
      " ": tagName === "BUTTON" || radio ? null : () => play(!playing),
      ArrowLeft: radio ? null : () => go(Math.ceil(time) - stride),
      ArrowRight: radio ? null : () => go(Math.floor(time) + stride),
      Home: () => go(0),
      End: () => go(episode.steps),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });

  function repaint() {
    cache = {};
    backdrop = null;
    paintSwatches();
    draw();
  }
  dark.addEventListener("change", repaint);
  window.addEventListener("beforeprint", () => play(false));
  new ResizeObserver(() => draw()).observe(map);
  choose(0);
  return { go, play, choose };
}
