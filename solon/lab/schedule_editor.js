// A tax schedule that is drawn by dragging: rates up and down, edges of brackets to the sides.
// Every handle is a slider for the keyboard, too. Nothing is reported until a handle is let go.

const HEIGHT = 250;
const MARGIN = { top: 14, right: 12, bottom: 40, left: 44 };
const SVG = "http://www.w3.org/2000/svg";
const KNEE = 25; // coin: below it the axis is nearly linear, above it logarithmic

function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.appendChild(made);
  return made;
}

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const root = parentElement.querySelector("#schedule");
  const cutoffs = data.cutoffs.slice();
  const rates = data.rates.slice(); // percent
  const end = Math.max(data.end, cutoffs[cutoffs.length - 1] * 1.25);
  let focused = root.dataset.focused;

  const warp = (coin) => Math.log1p(coin / KNEE);
  const unwarp = (place) => KNEE * Math.expm1(place);

  function draw() {
    const width = Math.max(280, root.clientWidth || 600);
    const inner = width - MARGIN.left - MARGIN.right;
    const tall = HEIGHT - MARGIN.top - MARGIN.bottom;
    const x = (coin) => MARGIN.left + (inner * warp(Math.min(coin, end))) / warp(end);
    const y = (rate) => MARGIN.top + tall * (1 - rate / 100);
    root.replaceChildren();
    const svg = element("svg", {
      width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`,
      role: "group", "aria-label": "Tax schedule: drag a line to change a rate or an edge",
    }, root);

    const most = Math.max(1e-9, ...data.shares);
    data.shares.forEach((share, i) => {
      const [left, right] = [Math.max(0, data.edges[i]), Math.max(0, data.edges[i + 1])];
      if (right <= 0 || left >= end || share <= 0) return;
      const height = (0.55 * tall * share) / most;
      element("rect", {
        class: "bar", x: x(left), width: Math.max(0, x(right) - x(left) - 1),
        y: MARGIN.top + tall - height, height,
      }, svg);
    });
    for (const rate of [0, 25, 50, 75, 100]) {
      element("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(rate), y2: y(rate) }, svg);
      element("text", { class: "tick", x: MARGIN.left - 6, y: y(rate) + 4, "text-anchor": "end" }, svg)
        .textContent = `${rate} %`;
    }
    const marks = inner > 420 ? [0, 10, 25, 50, 100, 200, 400, 800] : [0, 25, 100, 400];
    for (const coin of marks.filter((mark) => mark <= end)) {
      element("line", { class: "mark", x1: x(coin), x2: x(coin), y1: y(0), y2: y(0) + 4 }, svg);
      element("text", { class: "tick", x: x(coin), y: y(0) + 17, "text-anchor": "middle" }, svg)
        .textContent = `${coin}`;
    }
    element("text", { class: "title", x: MARGIN.left + inner / 2, y: HEIGHT - 4, "text-anchor": "middle" }, svg)
      .textContent = "income in a tax period (coin)";

    const upper = (i) => (i + 1 < cutoffs.length ? cutoffs[i + 1] : end);
    let path = "";
    rates.forEach((rate, i) => {
      path += `${i ? "L" : "M"}${x(cutoffs[i])},${y(rate)}L${x(upper(i))},${y(rate)}`;
    });
    element("path", { class: "schedule", d: path }, svg);

    for (let i = 1; i < cutoffs.length; i++) {
      const handle = element("g", {
        class: "handle edge", tabindex: 0, role: "slider", "data-name": `edge-${i}`,
        "aria-label": `Lower edge of bracket ${i + 1}`, "aria-orientation": "horizontal",
        "aria-valuemin": Math.ceil(cutoffs[i - 1] + 1), "aria-valuemax": Math.floor(upper(i)),
        "aria-valuenow": cutoffs[i], "aria-valuetext": `${cutoffs[i]} coin`,
      }, svg);
      const [low, high] = [y(Math.max(rates[i - 1], rates[i])), y(0)];
      element("line", { class: "wall", x1: x(cutoffs[i]), x2: x(cutoffs[i]), y1: low, y2: high }, handle);
      element("rect", { class: "grip", x: x(cutoffs[i]) - 7, y: high - 18, width: 14, height: 18 }, handle);
      element("path", { class: "knob", d: `M${x(cutoffs[i])},${high - 9}l-5,9h10z` }, handle);
      listen(handle, (event, box) => moveEdge(i, unwarp((warp(end) * (event.clientX - box.left - MARGIN.left)) / inner)),
        (steps) => moveEdge(i, cutoffs[i] + steps));
    }
    rates.forEach((rate, i) => {
      const [left, right] = [x(cutoffs[i]), x(upper(i))];
      const handle = element("g", {
        class: "handle rate", tabindex: 0, role: "slider", "data-name": `rate-${i}`,
        "aria-label": `Rate of bracket ${i + 1}, from ${cutoffs[i]} coin`, "aria-orientation": "vertical",
        "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": rate, "aria-valuetext": `${rate} %`,
      }, svg);
      element("rect", { class: "grip", x: left, y: y(rate) - 12, width: Math.max(4, right - left), height: 24 }, handle);
      element("circle", { class: "knob", cx: (left + right) / 2, cy: y(rate), r: 6 }, handle);
      if (right - left > 30) {
        element("text", { class: "value", x: (left + right) / 2, y: y(rate) > MARGIN.top + 22 ? y(rate) - 11 : y(rate) + 22, "text-anchor": "middle" }, handle)
          .textContent = `${Math.round(10 * rate) / 10}`;
      }
      listen(handle, (event, box) => moveRate(i, 100 * (1 - (event.clientY - box.top - MARGIN.top) / tall)),
        (steps) => moveRate(i, rates[i] + steps));
    });
    if (focused) root.querySelector(`[data-name="${focused}"]`)?.focus({ preventScroll: true });
  }

  function moveRate(i, rate) {
    rates[i] = Math.min(100, Math.max(0, Math.round(rate)));
  }

  function moveEdge(i, coin) {
    const highest = i + 1 < cutoffs.length ? cutoffs[i + 1] - 1 : 2000;
    cutoffs[i] = Math.min(highest, Math.max(cutoffs[i - 1] + 1, Math.round(coin)));
  }

  let timer = 0;
  function tell() {
    clearTimeout(timer);
    setStateValue("schedule", { cutoffs: cutoffs.slice(), rates: rates.slice() });
  }

  function listen(handle, drag, step) {
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      focused = root.dataset.focused = handle.dataset.name;
      const name = focused;
      const move = (moved) => {
        drag(moved, root.querySelector("svg").getBoundingClientRect());
        draw();
      };
      const done = () => {
        window.removeEventListener("pointermove", move);
        window.removeEventListener("pointerup", done);
        window.removeEventListener("pointercancel", done);
        focused = root.dataset.focused = name;
        tell();
      };
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", done);
      window.addEventListener("pointercancel", done);
      handle.focus({ preventScroll: true });
    });
    handle.addEventListener("focus", () => { focused = root.dataset.focused = handle.dataset.name; });
    handle.addEventListener("blur", () => {
      // A redraw takes the focused handle away; only leaving the figure forgets it.
      setTimeout(() => { if (!root.contains(root.getRootNode().activeElement)) { focused = ""; root.dataset.focused = ""; } }, 0);
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
      timer = setTimeout(tell, 500);
    });
  }

  draw();
  const observer = new ResizeObserver(() => {
    const svg = root.querySelector("svg");
    if (svg && Math.abs(svg.width.baseVal.value - Math.max(280, root.clientWidth)) > 1) draw();
  });
  observer.observe(root);
  return () => { observer.disconnect(); clearTimeout(timer); };
}
