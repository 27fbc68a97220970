// An episode as solon.applications.taxation.figures.episode_map packs it, unpacked so that any step can be looked up.

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

function unpackEpisode(packed) {
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

/** A number of coins as text: no digits where there is nothing behind the point. */
function coinText(value, digits = 1) {
  const whole = Number.isInteger(value) || digits === 0;
  return whole ? String(Math.round(value)) : value.toFixed(digits);
}

const COMMODITIES = ["stone", "wood"];
