// A tax schedule that is drawn by dragging: rates up and down, edges of brackets to the sides.
// Every handle is a slider for the keyboard, too. Nothing is reported until a handle is let go.

function makeSchedule(root, say) {
  const HEIGHT = 250;
  const MARGIN = { top: 14, right: 12, bottom: 40, left: 44 };
  const SVG = "http://www.w3.org/2000/svg";
  const KNEE = 25; // coin: below it the axis is nearly linear, above it logarithmic
  const LARGEST = 2000; // coin
  const PAUSE = 500; // ms after the last key

  let cutoffs = [];
  let rates = []; // percent
  let incomes = { edges: [], shares: [] };
  let end = 600; // coin, where the axis ends
  let focused = ""; // the name of a handle, which a redraw replaces by another of this name
  let dragging = null;
  let timer = 0;

  const warp = (coin) => Math.log1p(coin / KNEE);
  const unwarp = (place) => KNEE * Math.expm1(place);
  const width = () => Math.max(280, root.clientWidth || 600);

  function update(data) {
    incomes = { edges: data.edges, shares: data.shares };
    // What a hand is at, and what was not reported yet, goes before what comes from elsewhere.
    if (!dragging && !timer) {
      [cutoffs, rates] = [data.cutoffs.slice(), data.rates.slice()];
      end = Math.max(data.end, cutoffs[cutoffs.length - 1] * 1.25);
    }
    draw();
  }

  function element(name, attributes, parent, text = "") {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text) made.textContent = text;
    parent.append(made);
    return made;
  }

  function draw() {
    const wide = width();
    const inner = wide - MARGIN.left - MARGIN.right;
    const tall = HEIGHT - MARGIN.top - MARGIN.bottom;
    const x = (coin) => MARGIN.left + (inner * warp(Math.min(coin, end))) / warp(end);
    const y = (rate) => MARGIN.top + tall * (1 - rate / 100);
    const coinAt = (place) => unwarp((warp(end) * (place - MARGIN.left)) / inner);
    const rateAt = (place) => 100 * (1 - (place - MARGIN.top) / tall);
    const upper = (i) => (i + 1 < cutoffs.length ? cutoffs[i + 1] : end);
    const svg = element(
      "svg",
      {
        width: wide, height: HEIGHT, viewBox: `0 0 ${wide} ${HEIGHT}`,
        role: "group", "aria-label": "Tax schedule: drag a line to change a rate or an edge",
      },
      root,
    );
    // The old one goes last: the focus moves to the new one before it is lost.
    const old = [...root.children].filter((child) => child !== svg);

    const most = Math.max(1e-9, ...incomes.shares);
    incomes.shares.forEach((share, i) => {
      const [left, right] = [Math.max(0, incomes.edges[i]), Math.max(0, incomes.edges[i + 1])];
      if (right <= 0 || left >= end || share <= 0) return;
      const height = (0.55 * tall * share) / most;
      const bar = { x: x(left), width: Math.max(0, x(right) - x(left) - 1), y: y(0) - height, height };
      element("rect", { class: "bar", ...bar }, svg);
    });
    for (const rate of [0, 25, 50, 75, 100]) {
      element("line", { class: "grid", x1: MARGIN.left, x2: wide - MARGIN.right, y1: y(rate), y2: y(rate) }, svg);
      element("text", { class: "tick", x: MARGIN.left - 6, y: y(rate) + 4, "text-anchor": "end" }, svg, `${rate} %`);
    }
    const marks = inner > 420 ? [0, 10, 25, 50, 100, 200, 400, 800] : [0, 25, 100, 400];
    for (const coin of marks.filter((mark) => mark <= end)) {
      element("line", { class: "mark", x1: x(coin), x2: x(coin), y1: y(0), y2: y(0) + 4 }, svg);
      element("text", { class: "tick", x: x(coin), y: y(0) + 17, "text-anchor": "middle" }, svg, `${coin}`);
    }
    const middle = { x: MARGIN.left + inner / 2, y: HEIGHT - 4, "text-anchor": "middle" };
    element("text", { class: "title", ...middle }, svg, "income in a tax period (coin)");

    const path = rates.map(
      (rate, i) => `${i ? "L" : "M"}${x(cutoffs[i])},${y(rate)}L${x(upper(i))},${y(rate)}`,
    );
    element("path", { class: "line", d: path.join("") }, svg);

    for (let i = 1; i < cutoffs.length; i++) {
      const handle = element(
        "g",
        {
          class: "handle edge", tabindex: 0, role: "slider", "data-name": `edge-${i}`,
          "aria-label": `Lower edge of bracket ${i + 1}`, "aria-orientation": "horizontal",
          "aria-valuemin": Math.ceil(cutoffs[i - 1] + 1), "aria-valuemax": Math.floor(upper(i)),
          "aria-valuenow": cutoffs[i], "aria-valuetext": `${cutoffs[i]} coin`,
        },
        svg,
      );
      const [at, low, high] = [x(cutoffs[i]), y(Math.max(rates[i - 1], rates[i])), y(0)];
      element("line", { class: "wall", x1: at, x2: at, y1: low, y2: high }, handle);
      element("rect", { class: "grip", x: at - 7, y: high - 18, width: 14, height: 18 }, handle);
      element("path", { class: "knob", d: `M${at},${high - 9}l-5,9h10z` }, handle);
      listen(handle, (place) => moveEdge(i, coinAt(place.x)), (steps) => moveEdge(i, cutoffs[i] + steps));
    }
    rates.forEach((rate, i) => {
      const [left, right] = [x(cutoffs[i]), x(upper(i))];
      const handle = element(
        "g",
        {
          class: "handle rate", tabindex: 0, role: "slider", "data-name": `rate-${i}`,
          "aria-label": `Rate of bracket ${i + 1}, from ${cutoffs[i]} coin`, "aria-orientation": "vertical",
          "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": rate, "aria-valuetext": `${rate} %`,
        },
        svg,
      );
      element("rect", { class: "grip", x: left, y: y(rate) - 12, width: Math.max(4, right - left), height: 24 }, handle);
      element("circle", { class: "knob", cx: (left + right) / 2, cy: y(rate), r: 6 }, handle);
      if (right - left > 30) {
        const label = { x: (left + right) / 2, y: y(rate) > MARGIN.top + 22 ? y(rate) - 11 : y(rate) + 22 };
        const text = `${Math.round(10 * rate) / 10}`;
        element("text", { class: "value", ...label, "text-anchor": "middle" }, handle, text);
      }
      listen(handle, (place) => moveRate(i, rateAt(place.y)), (steps) => moveRate(i, rates[i] + steps));
    });
    if (focused) svg.querySelector(`[data-name="${focused}"]`)?.focus({ preventScroll: true });
    old.forEach((child) => child.remove());
  }

  function moveRate(i, rate) {
    rates[i] = Math.min(100, Math.max(0, Math.round(rate)));
  }

  function moveEdge(i, coin) {
    const highest = i + 1 < cutoffs.length ? cutoffs[i + 1] - 1 : LARGEST;
    cutoffs[i] = Math.min(highest, Math.max(cutoffs[i - 1] + 1, Math.round(coin)));
  }

  function tell() {
    clearTimeout(timer);
    timer = 0;
    say({ cutoffs, rates });
  }

  function listen(handle, drag, step) {
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      focused = handle.dataset.name;
      dragging = drag;
      handle.focus({ preventScroll: true });
    });
    handle.addEventListener("focus", () => (focused = handle.dataset.name));
    handle.addEventListener("blur", () => {
      // A redraw moves the focus to another handle of this name; only leaving the figure forgets it.
      setTimeout(() => {
        if (!root.contains(root.getRootNode().activeElement)) focused = "";
      }, 0);
    });
    handle.addEventListener("keydown", (event) => {
      const steps = {
        ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10,
        Home: -10000, End: 10000,
      }[event.key];
      if (!steps) return;
      event.preventDefault();
      step(steps);
      draw();
      clearTimeout(timer);
      timer = setTimeout(tell, PAUSE);
    });
  }

  // A drag goes on outside of the figure, and over redraws.
  function move(event) {
    if (!dragging) return;
    const box = root.getBoundingClientRect();
    dragging({ x: event.clientX - box.left, y: event.clientY - box.top });
    draw();
  }

  function drop() {
    if (!dragging) return;
    dragging = null;
    tell();
  }

  const ends = ["pointerup", "pointercancel"];
  window.addEventListener("pointermove", move);
  for (const name of ends) window.addEventListener(name, drop);
  const resized = new ResizeObserver(() => {
    const svg = root.querySelector("svg");
    if (svg && Math.abs(svg.width.baseVal.value - width()) > 1) draw();
  });
  resized.observe(root);

  function close() {
    clearTimeout(timer);
    resized.disconnect();
    window.removeEventListener("pointermove", move);
    for (const name of ends) window.removeEventListener(name, drop);
  }

  return { update, close };
}
