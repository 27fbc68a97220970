// The board of a game: the map, what one can do, and what came of it. It keeps no rules: moves go
// to Python in words, and what comes back is drawn.

/** `send(moves)`: hands over the moves that were not answered yet, with the number of the first. */
function makeBoard(root, send, isDark) {
  const DIRECTIONS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
  const MOST_WAITING = 3;
  let data = null;
  let episode = null;
  let first = 0; // number of the first move in `waiting`
  let waiting = [];
  let frame = 0;

  // ---- the page ----

  const button = (text, title, action, key) => {
    const node = make("button", { type: "button", title: key ? `${title} (key ${key})` : title }, text);
    node.setAttribute("aria-label", title);
    if (key) node.setAttribute("aria-keyshortcuts", key);
    node.addEventListener("click", action);
    return node;
  };
  const map = make("canvas", { class: "board-map", tabindex: 0, role: "application", "aria-roledescription": "map" });
  const pen = makePen(root);
  const mapView = makeMapView(map, pen);
  const status = make("p", { class: "board-said", role: "status", "aria-live": "polite" });
  const clock = make("p", { class: "board-clock" });
  const arrows = { left: "←", right: "→", up: "↑", down: "↓" };
  const steps = {};
  for (const [key, move] of Object.entries(DIRECTIONS)) {
    steps[move] = button(arrows[move], `Go ${move}`, () => act(move), key);
    steps[move].className = `go-${move}`;
  }
  steps.wait = button("Wait", "Wait a step", () => act("wait"), ".");
  steps.wait.className = "go-wait";
  steps.build = button("Build", "Build a house", () => act("build"), "B");
  steps.build.className = "primary";
  steps.autopilot = button("Machine acts", "Let the machine act for a step", () => act("autopilot"), "M");
  const pad = make("div", { class: "board-pad", role: "group", "aria-label": "Move" });
  pad.append(...Object.values(DIRECTIONS).map((move) => steps[move]), steps.wait);
  const goods = COMMODITIES.map(makeMarket);
  const scores = make("tbody");
  const taxes = make("p", { class: "board-tax" });
  const others = make("tbody");
  const news = make("ol", { class: "player-news board-news" });
  const legend = makeLegend(pen, () => colours()[0]);
  root.classList.add("board");
  root.append(
    make(
      "div",
      { class: "board-stage" },
      make("div", { class: "board-left" }, clock, status, map),
      make(
        "div",
        { class: "board-controls" },
        make("div", { class: "board-body" }, pad, make("div", { class: "board-deeds" }, steps.build, steps.autopilot)),
        make("div", { class: "board-markets" }, ...goods.map((good) => good.node)),
        make("p", { class: "hint" }, "Keys, with the map in focus: arrows go, B builds, . waits, M lets the machine act; 1 buys and 2 sells stone, 3 buys and 4 sells wood at the best price there is."),
      ),
      make(
        "div",
        { class: "board-side" },
        table("Your score, and the machine's in your place", ["", "you", "machine"], scores),
        taxes,
        table("Workers, by payment for a house", ["", "payment", "coin", "stone", "wood", "houses"], others),
        make("h4", {}, "What happened"),
        news,
        legend,
      ),
    ),
  );

  function table(caption, heads, body) {
    const head = make("tr", {}, ...heads.map((name) => make("th", { scope: "col" }, name)));
    return make("div", { class: "table-scroll" }, make("table", { class: "player-table" }, make("caption", {}, caption), make("thead", {}, head), body));
  }

  function makeMarket(name, kind) {
    const [buyKey, sellKey] = [String(2 * kind + 1), String(2 * kind + 2)];
    const price = make("select", { "aria-label": `Price for ${name}, coin` });
    const good = { price, orders: make("p", { class: "board-orders" }) };
    good.buy = button("Buy", `Buy ${name} at the lowest ask`, () => take(kind, "buy"), buyKey);
    good.sell = button("Sell", `Sell ${name} at the highest bid`, () => take(kind, "sell"), sellKey);
    const bid = button("Bid", `Bid for ${name} at this price`, () => act(`buy ${name} ${price.value}`));
    const ask = button("Ask", `Ask for ${name} at this price`, () => act(`sell ${name} ${price.value}`));
    good.title = make("legend", {}, name);
    good.node = make(
      "fieldset",
      {},
      good.title,
      good.orders,
      make("div", { class: "board-row" }, good.buy, good.sell),
      make("div", { class: "board-row" }, make("label", {}, "Post at ", price, " coin "), bid, ask),
    );
    return good;
  }

  // ---- moves ----

  function act(move) {
    if (!data || data.over || waiting.length >= MOST_WAITING) return;
    waiting.push(move);
    send({ game: data.game, first, moves: waiting });
  }

  /** Trade at the best price that others offer. */
  function take(kind, verb) {
    const offers = data.market[kind][verb === "buy" ? "asks" : "bids"];
    const name = COMMODITIES[kind];
    if (offers.length) act(`${verb} ${name} ${offers[0][0]}`);
    else say(`Nobody ${verb === "buy" ? "asks for coin for" : "bids for"} ${name}: post a price of your own.`);
  }

  root.addEventListener("keydown", (event) => {
    const typing = ["SELECT", "INPUT"].includes(event.target.tagName);
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const deed = {
      b: () => act("build"),
      ".": () => act("wait"),
      m: () => act("autopilot"),
      1: () => take(0, "buy"),
      2: () => take(0, "sell"),
      3: () => take(1, "buy"),
      4: () => take(1, "sell"),
    }[key];
    const doing = DIRECTIONS[key] ? () => act(DIRECTIONS[key]) : deed;
    if (!doing) return;
    event.preventDefault();
    event.stopPropagation();
    doing();
  });
  map.addEventListener("pointerdown", () => map.focus());

  // ---- what came back ----

  function update(answer) {
    const other = !data || data.game !== answer.game;
    data = answer;
    if (other) [waiting, first] = [[], answer.received];
    waiting.splice(0, answer.received - first);
    first = answer.received;
    const moved = !episode || episode.step !== data.step || other;
    episode = { ...unpackEpisode(data.episode), step: data.step };
    fill();
    if (moved) glide();
    else draw(1);
  }

  function glide() {
    cancelAnimationFrame(frame);
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const began = performance.now();
    const tick = (now) => {
      const share = still ? 1 : Math.min(1, Math.max(0, now - began) / 140);
      draw(share);
      if (share < 1) frame = requestAnimationFrame(tick);
    };
    tick(began);
  }

  function colours() {
    return data.colours[isDark() ? "dark" : "light"];
  }

  function draw(share) {
    mapView.draw(episode, share * episode.steps, colours(), 2, data.you - 1);
  }

  function say(text) {
    set(status, text);
  }

  function fill() {
    set(clock, data.clock);
    say(data.said);
    map.setAttribute("aria-label", data.picture);
    for (const [move, node] of Object.entries(steps)) {
      node.setAttribute("aria-disabled", String(data.over || data.blocked.includes(move)));
    }
    data.market.forEach((market, kind) => {
      const { title, orders, price, buy, sell } = goods[kind];
      if (price.options.length !== market.prices) {
        price.replaceChildren();
        for (let p = 0; p < market.prices; p++) price.append(make("option", { value: p }, String(p)));
        price.value = Math.floor(market.prices / 2);
      }
      set(title, `${COMMODITIES[kind][0].toUpperCase()}${COMMODITIES[kind].slice(1)}: you have ${market.owned}`);
      set(orders, market.words);
      set(buy, market.asks.length ? `Buy at ${market.asks[0][0]}` : "Buy: no ask");
      set(sell, market.bids.length ? `Sell at ${market.bids[0][0]}` : "Sell: no bid");
      buy.setAttribute("aria-disabled", String(data.over || !market.asks.length));
      sell.setAttribute("aria-disabled", String(data.over || !market.bids.length));
    });
    rows(scores, data.scores);
    set(taxes, data.tax);
    rows(others, data.workers);
    [...others.rows].forEach((row, i) => row.classList.toggle("followed", i === data.you - 1));
    const lines = data.news.map(([step, text]) => make("li", {}, `step ${step}: ${text}`));
    news.replaceChildren(...(lines.length ? lines : [make("li", {}, "nothing yet")]));
    paintSwatches();
  }

  /** Rows of text, the first cell being the head of the row. */
  function rows(body, texts) {
    while (body.rows.length < texts.length) {
      const row = make("tr", {}, make("th", { scope: "row" }));
      for (let k = 1; k < texts[0].length; k++) row.append(make("td"));
      body.append(row);
    }
    texts.forEach((cells, i) => cells.forEach((text, k) => set(body.rows[i].cells[k], text)));
  }

  function paintSwatches() {
    for (const swatch of legend.querySelectorAll("canvas.swatch")) swatch.paint();
  }

  function repaint() {
    pen.forget();
    paintSwatches();
    draw(1);
  }

  const resized = new ResizeObserver(() => data && draw(1));
  resized.observe(map);

  function close() {
    cancelAnimationFrame(frame);
    resized.disconnect();
    root.replaceChildren();
  }

  return { update, repaint, close };
}
