// The key of the map.

/** `colour`: gives that of the worker in the key. Its swatches paint themselves on `paint()`. */
function makeLegend(pen, colour) {
  const list = make("ul", { class: "player-legend" });
  const worker = (g, s) => pen.disc(g, s / 2, s / 2, s * 0.48, "", colour());
  const marks = [
    ["stone", (g, s) => pen.stone(g, s / 2, s / 2, s * 0.42)],
    ["wood", (g, s) => pen.wood(g, s / 2, s / 2, s * 0.42)],
    ["place where stone regrows", (g, s) => pen.source(g, 0, 0, s, 1)],
    ["place where wood regrows", (g, s) => pen.source(g, 0, 0, s, 2)],
    ["water", (g, s) => pen.fill(g, pen.ink("--water"), 0, 0, s, s)],
    ["house", (g, s) => pen.house(g, s / 2, s / 2, s * 0.45, pen.ink("--muted"))],
    ["worker, 1 earns least for a house", worker],
  ];
  for (const [name, paint] of marks) {
    const canvas = make("canvas", { class: "swatch", "aria-hidden": "true" });
    canvas.paint = () => paint(pen.prepare(canvas, 18, 18), 18);
    list.append(make("li", {}, canvas, name));
  }
  return list;
}
