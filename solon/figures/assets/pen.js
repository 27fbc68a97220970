// What is drawn on a map and beside it, in the colours of the page (its CSS variables).

function makePen(root) {
  let cache = {};

  function ink(name) {
    // Reading a style makes the browser lay the page out: once a theme is enough.
    return (cache[name] ??= getComputedStyle(root).getPropertyValue(name).trim());
  }

  function forget() {
    cache = {};
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

  function disc(g, x, y, r, text, style) {
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

  function ring(g, x, y, r) {
    for (const [width, style] of [[6, ink("--paper")], [3, ink("--ink")]]) {
      g.beginPath();
      g.arc(x, y, r, 0, 2 * Math.PI);
      g.strokeStyle = style;
      g.lineWidth = width;
      g.stroke();
    }
  }

  function write(g, text, x, y, font, align) {
    g.font = `${font} ${ink("--font")}`;
    g.textAlign = align;
    g.textBaseline = "middle";
    g.fillText(text, x, y);
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

  return { ink, forget, prepare, fill, shape, stone, wood, source, house, disc, ring, write, arrow, tag };
}
