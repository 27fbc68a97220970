// Visible text that stands out too little from what is behind it, by the formula of WCAG 2.2.
() => {
  const channels = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const over = (top, bottom) => {
    const alpha = top.length > 3 ? top[3] : 1;
    return [0, 1, 2].map((k) => alpha * top[k] + (1 - alpha) * bottom[k]);
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => {
      const share = c / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const colour = channels(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) layers.push(colour);
      if (colour.length === 3) break;
    }
    return layers.reverse().reduce((bottom, top) => over(top, bottom), [255, 255, 255]);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    const apart = 'svg, script, style, [disabled], [aria-disabled="true"]';
    if (!text || !element || element.closest(apart)) continue;
    const box = element.getBoundingClientRect();
    const look = getComputedStyle(element);
    if (box.width < 2 || box.height < 2 || look.visibility !== 'visible') continue;
    // Icons are no text, and the number of a slider stands above its thumb, not on it.
    if (element.closest('[data-testid="stIconMaterial"], [data-testid="stSliderThumbValue"]')) {
      continue;
    }
    let opacity = 1;
    for (let e = element; e; e = e.parentElement) opacity *= Number(getComputedStyle(e).opacity);
    if (opacity < 0.05) continue;
    const back = behind(element);
    const colour = channels(look.color);
    const front = over([...colour.slice(0, 3), (colour[3] ?? 1) * opacity], back);
    const [bright, dim] = [light(front), light(back)].sort((a, b) => b - a);
    const ratio = (bright + 0.05) / (dim + 0.05);
    const large = parseFloat(look.fontSize) >= 24
      || (parseFloat(look.fontSize) >= 18.66 && Number(look.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5) - 0.01) found.push(`${ratio.toFixed(2)}: ${text.slice(0, 60)}`);
  }
  return [...new Set(found)];
}
