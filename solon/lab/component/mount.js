// What Streamlit calls: with new data each time, on one element as long as it is in the page.
//
// Each part is made once, `make(root, say, isDark)`, and gives `update(data)`, `close()`, and
// `repaint()` if it draws colours by itself. `say(value)` hands a value over to Python.

const PARTS = { episodes: makeEpisodes, board: makeBoard, schedule: makeSchedule, width: makeWidth };
const mounted = new WeakMap();

/** Years, of which others may come: then the player is another one. */
function makeEpisodes(root, say, isDark) {
  let player = null;
  let shown = null;
  let followed = -1;

  function update({ name, packed, follow }) {
    followed = follow;
    if (shown === name) return;
    shown = name;
    player?.close();
    player = solonPlayer(root, packed, {
      isDark,
      follow,
      onFollow: (worker) => worker !== followed && say(worker),
    });
  }

  return { update, repaint: () => player?.repaint(), close: () => player?.close() };
}

function darkAround(element) {
  // Streamlit hands its theme over as CSS variables; a light background means a light page.
  const style = getComputedStyle(element);
  const text = style.getPropertyValue("--st-background-color").trim();
  const digits = /^#([0-9a-f]{6})/i.exec(text);
  if (!digits) return window.matchMedia("(prefers-color-scheme: dark)").matches;
  const value = parseInt(digits[1], 16);
  return ((value >> 16) & 255) + ((value >> 8) & 255) + (value & 255) < 384;
}

function mount(host, component) {
  const { part } = component.data;
  const root = document.createElement("div");
  root.className = `solon solon-${part}`;
  host.append(root);
  let latest = component;
  const say = (value) => latest.setStateValue("said", structuredClone(value));
  const isDark = () => root.classList.contains("dark");
  const theme = () => root.classList.toggle("dark", darkAround(root));
  theme();
  const view = PARTS[part](root, say, isDark);
  const repaint = () => {
    const before = isDark();
    theme();
    if (isDark() !== before) view.repaint?.();
  };
  const query = window.matchMedia("(prefers-color-scheme: dark)");
  const later = () => setTimeout(repaint, 200);
  query.addEventListener("change", later);

  function update(next) {
    latest = next;
    repaint();
    view.update(next.data[part]);
  }

  function close() {
    query.removeEventListener("change", later);
    view.close();
    root.remove();
  }

  return { update, close };
}

export default function (component) {
  const host = component.parentElement;
  if (!mounted.has(host)) mounted.set(host, mount(host, component));
  mounted.get(host).update(component);
  return () => {
    mounted.get(host)?.close();
    mounted.delete(host);
  };
}
