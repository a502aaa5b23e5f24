// Tells the server at which line somebody reads, so that they can go on there on any device; and leads
// back to that line. Without this script the page goes on at the heading.
(() => {
  "use strict";
  const place = document.getElementById("place");
  const article = document.querySelector("article.prose");
  const here = document.getElementById("here");
  const headed = "h2[id], h3[id], h4[id], section.case[id]";
  const every = 15000;
  const edge = 64; // what ends above has been read
  let sent = "";

  // The pieces of text in their order, each with the heading above it and its number below that.
  const pieces = () => {
    let anchor = "";
    let block = 0;
    return [...article.querySelectorAll(`:scope > :not(.ui, .here), .pair > :not(aside)`)]
      .filter((piece) => !piece.matches(".pair"))
      .map((piece) => {
        if (piece.matches(headed)) [anchor, block] = [piece.id, 0];
        else block += 1;
        return { piece, anchor, block };
      });
  };

  const now = () => {
    const found = pieces().filter(({ piece }) => piece.getClientRects().length);
    return found.find(({ piece }) => piece.getBoundingClientRect().bottom > edge) || found.at(-1);
  };

  const send = () => {
    const at = now();
    const said = at && `${at.anchor} ${at.block}`;
    if (!said || said === sent || !scrollY) return;
    sent = said;
    fetch(place.dataset.to, {
      method: "POST",
      credentials: "same-origin",
      keepalive: true, // the last line arrives although the page is closed
      headers: { "X-CSRFToken": place.dataset.token },
      body: new URLSearchParams({ anchor: at.anchor, block: at.block }),
    }).catch(() => { sent = ""; });
  };

  if (here) {
    const anchor = location.hash.slice(1);
    const line = pieces().find((one) => one.anchor === anchor && one.block === Number(here.dataset.block));
    if (line && line.block) line.piece.before(here);
    here.scrollIntoView();
  }
  setInterval(() => { if (!document.hidden) send(); }, every);
  document.addEventListener("visibilitychange", () => { if (document.hidden) send(); });
})();
