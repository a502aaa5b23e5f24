// Tells the server once a minute that a section is open and in use. What it counts is evidence of the time a course
// takes; nothing depends on it. Without this script, nothing is counted.
(() => {
  "use strict";
  const place = document.getElementById("place");
  const every = 61; // seconds; the server counts no two reports that are less than a minute apart
  const limit = Number(place.dataset.idleLimit);
  let visible = 0;
  let idle = 0;

  for (const sign of ["pointermove", "pointerdown", "keydown", "scroll", "touchstart"]) {
    addEventListener(sign, () => { idle = 0; }, { passive: true });
  }

  const report = () => {
    fetch(place.dataset.activeTo, {
      method: "POST",
      credentials: "same-origin",
      headers: { "X-CSRFToken": place.dataset.token },
      body: new URLSearchParams({ idle }),
    }).catch(() => {}); // a minute without a connection is not counted
  };

  setInterval(() => {
    if (document.hidden) return;
    idle += 1;
    if (idle > limit) return;
    visible += 1;
    if (visible % every === 0) report();
  }, 1000);
})();
