// Coin (or labor) of workers over the year, with the tax days and the step that the map shows.

/** `series`: the numbers of an episode that are drawn, which are also the unit of the axis. */
function makeCoinChart(canvas, pen, series = "coin", height = 170) {
  const { ink } = pen;
  const taxes = series === "coin";
  const PAD = { left: 46, right: 26, top: taxes ? 34 : 22, bottom: 22 };
  let backdrop = null;

  /** `chosen`: the worker that is followed, or -1; the lines of the others step back. */
  function draw(episode, time, colours, chosen = -1) {
    const width = Math.max(200, canvas.clientWidth);
    const g = pen.prepare(canvas, width, height);
    const x = (t) => PAD.left + ((width - PAD.left - PAD.right) * t) / episode.steps;
    const known = backdrop?.of === episode && backdrop.chosen === chosen;
    if (!known || backdrop.cssWidth !== width) {
      backdrop = document.createElement("canvas");
      Object.assign(backdrop, { of: episode, cssWidth: width, chosen });
      drawLines(pen.prepare(backdrop, width, height), episode, colours, width, x, chosen);
    }
    g.drawImage(backdrop, 0, 0, width, height);
    g.strokeStyle = ink("--ink");
    g.lineWidth = 1.5;
    g.beginPath();
    g.moveTo(x(time), PAD.top - 6);
    g.lineTo(x(time), height - PAD.bottom);
    g.stroke();
  }

  function drawLines(g, episode, colours, width, x, chosen) {
    const n = episode.count;
    const values = episode[series];
    let top = 1;
    let low = 0;
    for (const value of values) {
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
      pen.write(g, v.toLocaleString("en"), PAD.left - 6, y(v), "11px", "right");
    }
    pen.write(g, series, PAD.left - 6, PAD.top - 14, "11px", "right");
    for (let i = 0; i <= 4; i++) {
      const t = Math.round((episode.steps * i) / 4);
      pen.write(g, i ? t.toLocaleString("en") : "step 0", x(t), height - 9, "11px", "center");
    }
    const room = (width - PAD.left - PAD.right) / Math.max(1, episode.taxes.length);
    for (const [t, paid] of taxes && episode.taxed ? episode.taxes : []) {
      g.strokeStyle = ink("--muted");
      g.setLineDash([3, 3]);
      g.beginPath();
      g.moveTo(x(t), PAD.top - 4);
      g.lineTo(x(t), height - PAD.bottom);
      g.stroke();
      g.setLineDash([]);
      pen.shape(g, [[x(t) - 5, PAD.top - 10], [x(t) + 5, PAD.top - 10], [x(t), PAD.top - 2]], ink("--taxes"));
      g.fillStyle = ink("--ink");
      if (room > 34) pen.write(g, coinText(paid, 0), x(t), PAD.top - 19, "11px", "center");
    }
    for (let i = 0; i < n; i++) {
      g.strokeStyle = colours[i];
      g.globalAlpha = chosen < 0 || i === chosen ? 1 : 0.3;
      g.lineWidth = i === chosen ? 3 : 2;
      g.beginPath();
      for (let t = 0; t <= episode.steps; t++) g.lineTo(x(t), y(values[t * n + i]));
      g.stroke();
    }
    g.globalAlpha = 1;
    const ends = Array.from({ length: n }, (_, i) => [i, y(values[episode.steps * n + i])]);
    ends.sort((a, b) => a[1] - b[1]);
    if (n > 8) return;
    let free = 0;
    for (const [i, at] of ends) {
      free = Math.max(at, free + 15);
      pen.disc(g, width - PAD.right + 12, Math.min(free, height - 8), 7, String(i + 1), colours[i]);
    }
  }

  /** The step under the pointer. */
  function stepAt(event, episode) {
    const box = canvas.getBoundingClientRect();
    const share = (event.clientX - box.left - PAD.left) / (box.width - PAD.left - PAD.right);
    return Math.round(share * episode.steps);
  }

  function forget() {
    backdrop = null;
  }

  return { draw, stepAt, forget };
}
