// What Streamlit calls: with new data each time, on one element as long as it is in the page.

const mounted = new WeakMap();

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
  const root = document.createElement("div");
  root.className = "solon-map";
  host.append(root);
  const isDark = () => root.classList.contains("dark");
  const theme = () => root.classList.toggle("dark", darkAround(root));
  theme();
  let shown = null;
  let view = null;
  let latest = component;
  const repaint = () => {
    const before = isDark();
    theme();
    if (view && isDark() !== before) view.repaint();
  };
  const query = window.matchMedia("(prefers-color-scheme: dark)");
  const later = () => setTimeout(repaint, 200);
  query.addEventListener("change", later);

  function update(next) {
    latest = next;
    const { data } = next;
    repaint();
    if (data.board) {
      view ??= makeBoard(root, (moves) => latest.setStateValue("moves", structuredClone(moves)), isDark);
      view.update(data.board);
    } else if (shown !== data.name) {
      view?.close();
      view = solonPlayer(root, data.episodes, {
        isDark,
        follow: data.follow,
        onFollow: (worker) => worker !== latest.data.follow && latest.setStateValue("worker", worker),
      });
    }
    shown = data.name;
  }

  function close() {
    query.removeEventListener("change", later);
    view?.close();
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
