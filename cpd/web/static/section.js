// Marks the present heading in the contents. For learners it also tells the server which line they have reached, so
// that they can continue there on any device, and scrolls back to that line. Without this script, the page continues
// at the heading.
(() => {
  "use strict";
  const place = document.getElementById("place");
  const article = document.querySelector("article.prose");
  const here = document.getElementById("here");
  const headed = "h2[id], h3[id], h4[id], section.case[id]";
  const every = 15000;
  const edge = 64; // what ends above this has been read
  let sent = "";

  // The pieces of text in order, each with the heading above it and its number below that heading.
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
    const visible = pieces().filter(({ piece }) => piece.getClientRects().length);
    return visible.find(({ piece }) => piece.getBoundingClientRect().bottom > edge) || visible[visible.length - 1];
  };

  const send = () => {
    const current = now();
    const position = current && `${current.anchor} ${current.block}`;
    if (!position || position === sent || !scrollY) return;
    sent = position;
    fetch(place.dataset.to, {
      method: "POST",
      credentials: "same-origin",
      keepalive: true, // the last line arrives even if the page is closed
      headers: { "X-CSRFToken": place.dataset.token },
      body: new URLSearchParams({ anchor: current.anchor, block: current.block }),
    }).catch(() => { sent = ""; });
  };

  // The present heading is the last one that has reached the upper third of the screen.
  const links = [...document.querySelectorAll(".inpage a[href^='#']")];
  const targets = links.map((link) => document.getElementById(link.hash.slice(1)));
  let isDue = false;
  const mark = () => {
    isDue = false;
    const reached = targets.filter((target) => target && target.getBoundingClientRect().top < innerHeight / 3);
    const present = links[targets.indexOf(reached[reached.length - 1])];
    for (const link of links) {
      if (link === present) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  const markSoon = () => {
    if (!isDue) requestAnimationFrame(mark);
    isDue = true;
  };
  addEventListener("scroll", markSoon, { passive: true });
  addEventListener("resize", markSoon);
  mark();

  if (!place) return;
  if (here) {
    const anchor = location.hash.slice(1);
    const line = pieces().find((item) => item.anchor === anchor && item.block === Number(here.dataset.block));
    if (line && line.block) line.piece.before(here);
    here.scrollIntoView();
  }
  setInterval(() => { if (!document.hidden) send(); }, every);
  document.addEventListener("visibilitychange", () => { if (document.hidden) send(); });
})();
