// Says whether the screen is narrow, whenever that changes.

function makeWidth(root, say) {
  let query = null;
  let told = false;

  const tell = () => {
    if (query.matches === told) return;
    told = query.matches;
    say(told);
  };

  function update(data) {
    told = data.narrow;
    if (!query) {
      query = window.matchMedia(`(max-width: ${data.widest}px)`);
      query.addEventListener("change", tell);
    }
    tell();
  }

  return { update, close: () => query?.removeEventListener("change", tell) };
}
