// A phone in a lesson: it asks every few seconds what the class sees now. The result is put in place and said once. The
// next case is put in place only if the reader is not in the middle of this one: otherwise a link is said, so that the
// focus never moves by itself. Without this script, a link loads the page again.
(() => {
  "use strict";
  const live = document.getElementById("live");
  const said = document.querySelector("[data-said]");
  const reload = live.querySelector("[data-reload]");
  reload.hidden = true;
  let now = live.dataset.now;
  let tag = `"${now}"`;

  const show = async (fresh) => {
    const answer = await fetch(live.dataset.url, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("live");
    const result = next.querySelector("[data-say]");
    if (live.contains(document.activeElement)) {
      reload.hidden = false;
      live.prepend(reload);
    } else {
      next.querySelector("[data-reload]").hidden = true;
      live.replaceChildren(...next.childNodes);
      for (const [inside, outside] of [["h1", "h1"], ["title", "title"], [".runhead", ".runhead"]]) {
        const [from, to] = [page.querySelector(inside), document.querySelector(outside)];
        if (from && to) to.replaceWith(from);
      }
    }
    now = fresh;
    said.textContent = result ? result.textContent : live.dataset.new;
  };

  const ask = async () => {
    try {
      const answer = await fetch(live.dataset.state, {
        cache: "no-store",
        headers: { Accept: "application/json", "If-None-Match": tag },
      });
      if (answer.status === 404) { said.textContent = live.dataset.over; return; }
      if (answer.ok) {
        const state = await answer.json();
        const fresh = `${state.place}-${state.phase}`;
        if (fresh !== now) await show(fresh);
        if (fresh === now) tag = answer.headers.get("ETag") || "";
      }
    } catch { /* without a connection, it asks again */ }
    setTimeout(ask, 3000 + 2000 * Math.random());
  };
  setTimeout(ask, 3000 + 2000 * Math.random());
})();
