// The map at a moment of an episode: ground, resources, houses, workers and the latest trades.

function makeMapView(canvas, pen) {
  const { ink } = pen;

  function place(episode, i, at) {
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

  /**
   * `lasting`: for how many steps a trade stays in sight; `colours`: one a worker; `chosen`: the
   * worker that is followed, or -1.
   */
  function draw(episode, time, colours, lasting, chosen = -1) {
    const [height, width] = episode.size;
    const size = Math.max(1, canvas.clientWidth) / width;
    const g = pen.prepare(canvas, size * width, size * height);
    const t = Math.floor(time);
    const cells = width * height;
    pen.fill(g, ink("--ground"), 0, 0, size * width, size * height);
    g.strokeStyle = ink("--grid");
    g.lineWidth = 0.5;
    for (let i = 0; i < cells; i++) {
      const [x, y] = [(i % width) * size, Math.floor(i / width) * size];
      if (episode.water[i]) {
        pen.fill(g, ink("--water"), x, y, size + 0.5, size + 0.5);
        continue;
      }
      if (episode.source[i]) pen.source(g, x, y, size, episode.source[i]);
      g.strokeRect(x, y, size, size);
      const resource = episode.resource[t * cells + i];
      if (resource === 1) pen.stone(g, x + size / 2, y + size / 2, size * 0.36);
      if (resource === 2) pen.wood(g, x + size / 2, y + size / 2, size * 0.38);
      const owner = episode.house[t * cells + i];
      if (owner >= 0) pen.house(g, x + size / 2, y + size / 2, size * 0.46, colours[owner]);
    }
    const middle = (i) => place(episode, i, time).map((v) => (v + 0.5) * size);
    const recent = episode.trades.filter(([s]) => s <= time && s > time - lasting);
    const r = Math.max(size * 0.48, 8);
    for (const [, kind, buyer, seller] of recent) {
      const [y0, x0] = middle(seller);
      const [y1, x1] = middle(buyer);
      pen.arrow(g, x0, y0, x1, y1, r, ink(kind === 0 ? "--stone" : "--wood"));
    }
    for (let i = 0; i < episode.count; i++) {
      let [y, x] = middle(i);
      if (y <= 0 || x <= 0) continue;
      if (i === chosen) {
        // At the edge of the map the ring has no room: it moves in a little.
        const inset = r + 7;
        [y, x] = [[y, height], [x, width]].map(([v, n]) => Math.min(Math.max(v, inset), n * size - inset));
        pen.ring(g, x, y, r + 4);
      }
      pen.disc(g, x, y, r, String(i + 1), colours[i]);
    }
    for (const [, kind, buyer, seller, price] of recent.slice(-3)) {
      const [y0, x0] = middle(seller);
      const [y1, x1] = middle(buyer);
      // Between the two, or above them where there is no room between.
      const near = Math.hypot(x1 - x0, y1 - y0) < 90;
      const y = near ? Math.max(12, Math.min(y0, y1) - r - 12) : (y0 + y1) / 2;
      pen.tag(g, `${COMMODITIES[kind]} for ${coinText(price)}`, (x0 + x1) / 2, y, size * width);
    }
  }

  /** The worker under the pointer, or -1. */
  function workerAt(event, episode, time) {
    const box = canvas.getBoundingClientRect();
    const size = box.width / episode.size[1];
    const reach = Math.max(size, 14);
    let [nearest, least] = [-1, reach];
    for (let i = 0; i < episode.count; i++) {
      const [y, x] = place(episode, i, time).map((v) => (v + 0.5) * size);
      const away = Math.hypot(event.clientX - box.left - x, event.clientY - box.top - y);
      if (away <= least) [nearest, least] = [i, away];
    }
    return nearest;
  }

  return { draw, workerAt };
}
