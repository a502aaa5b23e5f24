// The page of a lesson on the projector. It asks every few seconds what the phones have answered, shows the class
// another case or the answer at once, and tells the server. Without a connection it goes on with what is on the page,
// and hands that were counted become bars. Without this script, each button loads the page again.
(() => {
  "use strict";
  const lesson = document.getElementById("lesson");
  const said = lesson.querySelector("[data-said]");
  const cases = [...lesson.querySelectorAll(".lesson-case")];
  const say = (text) => { if (said.textContent !== text) said.textContent = text; };

  // Bars: what the phones answered, and the hands that were typed.
  const handsOf = (input) => (/^\d{1,3}$/.test(input.value.trim()) ? Number(input.value) : 0);
  const draw = (one) => {
    const rows = [...one.querySelectorAll("[data-decision]")];
    const numbers = rows.map((row) => {
      const hands = one.querySelector(`[data-hands] [name="${row.dataset.decision}"]`);
      return Number(row.querySelector("[data-count]").dataset.count) + handsOf(hands);
    });
    const total = numbers.reduce((sum, number) => sum + number, 0);
    rows.forEach((row, index) => {
      row.querySelector("[data-count]").textContent = numbers[index];
      row.querySelector(".acc").setAttribute("width", total ? (100 * numbers[index]) / total : 0);
    });
  };
  for (const one of cases) {
    const form = one.querySelector("[data-hands]");
    form.addEventListener("input", () => draw(one));
    form.addEventListener("submit", (event) => { event.preventDefault(); draw(one); });
  }
  if (!lesson.dataset.tally) return;
  for (const link of lesson.querySelectorAll("[data-reload]")) link.hidden = true;

  // Showing a case or its answer: on this page at once, then to the phones; what the server missed is sent again.
  let unsent = null;
  const send = async () => {
    const form = unsent;
    if (!form) return;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        credentials: "same-origin",
        headers: { Accept: "application/json" },
        body: new FormData(form),
      });
      if (answer.ok) { if (unsent === form) unsent = null; say(""); } else say(lesson.dataset.offline);
    } catch { say(lesson.dataset.offline); }
  };
  for (const form of lesson.querySelectorAll("form[data-phase]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const shown = cases[Number(form.dataset.place) - 1];
      const moves = !shown.contains(form);
      for (const one of cases) one.open = one === shown;
      if (form.dataset.phase === "answer") shown.querySelector("[data-answer]").open = true;
      if (moves) shown.querySelector("summary").focus(); // the button that was pressed is folded away now
      unsent = form;
      send();
    });
  }

  // What the phones answered: every 3 to 5 seconds, so that many pages do not ask at the same moment.
  let tag = "";
  const ask = async () => {
    try {
      await send();
      const answer = await fetch(lesson.dataset.tally, {
        cache: "no-store",
        headers: { Accept: "application/json", ...(tag && { "If-None-Match": tag }) },
      });
      if (answer.status === 404) return; // the lesson is over
      if (answer.ok) {
        tag = answer.headers.get("ETag") || "";
        const tally = await answer.json();
        cases.forEach((one, index) => {
          for (const row of one.querySelectorAll("[data-decision]")) {
            row.querySelector("[data-count]").dataset.count = (tally[index + 1] || {})[row.dataset.decision] || 0;
          }
          draw(one);
        });
      }
      if (!unsent) say("");
    } catch { say(lesson.dataset.offline); }
    setTimeout(ask, 3000 + 2000 * Math.random());
  };
  setTimeout(ask, 1000);
})();
