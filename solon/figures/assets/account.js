// What a worker that is followed has earned, paid and done up to a step.

/** Units and coin of a worker's trades, and its taxes, up to step `t`. */
function tally(episode, i, t) {
  const sum = { sold: 0, sales: 0, bought: 0, purchases: 0, paid: 0, back: 0 };
  for (const [s, , buyer, seller, price] of episode.trades) {
    if (s > t) break;
    if (seller === i) [sum.sold, sum.sales] = [sum.sold + 1, sum.sales + price];
    if (buyer === i) [sum.bought, sum.purchases] = [sum.bought + 1, sum.purchases + price];
  }
  for (const [s, paid, back] of episode.ledger) {
    if (s > t) break;
    [sum.paid, sum.back] = [sum.paid + paid[i], sum.back + back[i]];
  }
  return sum;
}

function accountLines(episode, i, t) {
  const at = t * episode.count + i;
  const cells = episode.size[0] * episode.size[1];
  let houses = 0;
  for (let c = t * cells; c < (t + 1) * cells; c++) houses += episode.house[c] === i;
  const sum = tally(episode, i, t);
  const coin = (value, sign) => `${value ? sign : ""}${value.toFixed(1)} coin`;
  const count = (number, thing) => `${number} ${thing}${number === 1 ? "" : "s"}`;
  return [
    ["coin now", coin(episode.coin[at], "")],
    ["labor so far", episode.labor[at].toFixed(0)],
    [`${count(houses, "house")} built`, coin(houses * episode.payment[i], "+")],
    [`${count(sum.sold, "unit")} sold`, coin(sum.sales, "+")],
    [`${count(sum.bought, "unit")} bought`, coin(sum.purchases, "−")],
    ["taxes paid", coin(sum.paid, "−")],
    ["equal share of taxes", coin(sum.back, "+")],
  ];
}

function accountText(episode, i, t) {
  const parts = accountLines(episode, i, t).map(([name, value]) => `${name}: ${value}`);
  return `Worker ${i + 1} up to here, ${parts.join(", ")}.`;
}

function drawAccount(holder, episode, i, t) {
  const lines = accountLines(episode, i, t);
  if (!holder.firstChild) {
    const list = document.createElement("dl");
    for (const _ of lines) list.append(document.createElement("dt"), document.createElement("dd"));
    holder.append(document.createElement("h4"), list);
  }
  const [title, list] = holder.children;
  set(title, `Worker ${i + 1}, paid ${episode.payment[i].toFixed(1)} coin a house`);
  lines.forEach((line, k) => line.forEach((text, side) => set(list.children[2 * k + side], text)));
}
