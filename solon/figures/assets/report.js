// Draws the figures for the reader's theme and width, and starts the player.
"use strict";

(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const figures = read("figures");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const config = {
    responsive: true,
    displaylogo: false,
    displayModeBar: "hover",
    modeBarButtons: [["toImage"]],
    toImageButtonOptions: { format: "svg" },
  };

  function draw(theme) {
    for (const holder of document.querySelectorAll("[data-figure]")) {
      const width = holder.clientWidth < 640 ? "narrow" : "wide";
      const figure = figures[holder.dataset.figure][`${theme}-${width}`];
      if (holder.drawn === figure) continue;
      holder.drawn = figure;
      // Plotly drops a layout's own height when it resizes, so the holder has it.
      holder.style.height = `${figure.layout.height}px`;
      const { data, layout, frames } = structuredClone(figure);
      Plotly.react(holder, { data, layout, frames, config });
    }
  }

  const here = () => draw(dark.matches ? "dark" : "light");
  here();
  dark.addEventListener("change", here);
  window.addEventListener("resize", here);
  window.addEventListener("beforeprint", () => draw("light"));
  window.addEventListener("afterprint", here);
  const player = document.getElementById("player");
  if (player) solonPlayer(player, read("episodes"));
})();
