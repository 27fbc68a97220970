// Small helpers for pages without a library.

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
