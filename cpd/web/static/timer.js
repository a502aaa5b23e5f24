// Shows how much time is left in an exam, by the clock of the server: the page says how many seconds were left when it
// was made, and this script counts them down. The time can be hidden; what is said near the end is said all the same.
// The button that adds time, and a link to it, appear with the warning. Time added in one tab is counted in the others.
// Without this script, the page says when the exam ends, and the button is there from the beginning.
(() => {
  "use strict";
  const place = document.querySelector("[data-seconds-left]");
  if (!place) return;
  const words = JSON.parse(place.dataset.words);
  const said = document.querySelector("[data-time-said]");
  const offer = document.querySelector("[data-warning]");
  let total = Number(place.dataset.secondsLeft);
  let began = [performance.now(), Date.now()];
  // A device that slept stops one of the two clocks, and one that is set back turns the other one back.
  const left = () => total - Math.max(performance.now() - began[0], Date.now() - began[1]) / 1000;
  const read = () => { try { return localStorage.getItem("cpd:time") === "hidden"; } catch { return false; } };
  const keep = (hidden) => { try { localStorage.setItem("cpd:time", hidden ? "hidden" : "shown"); } catch { /* holds for this page */ } };

  const time = document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn plain";
  place.append(time, button);
  let hidden = read();
  let last = null;

  const pad = (number) => String(number).padStart(2, "0");
  const show = () => {
    const seconds = Math.max(0, Math.ceil(left()));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    const clock = hours ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
    if (offer) {
      const isEarly = seconds > Number(offer.dataset.warning);
      for (const each of [offer, ...document.querySelectorAll("[data-warned]")]) each.hidden = isEarly;
    }
    time.hidden = hidden;
    time.textContent = `${words.left} ${clock}`;
    button.textContent = hidden ? words.show : words.hide;
    // The first look only notes where the time stands, so that a fresh page says nothing that was said before.
    if (last !== null) {
      for (const [mark, text] of Object.entries(words.said)) {
        if (last > Number(mark) && seconds <= Number(mark)) said.textContent = text;
      }
      if (last > 0 && seconds === 0) said.textContent = words.over;
    }
    last = seconds;
  };
  button.addEventListener("click", () => {
    hidden = !hidden;
    keep(hidden);
    show();
  });
  show();
  setInterval(show, 1000);

  // All tabs of this browser share the latest end of the try that a page was made with.
  const ends = document.querySelector("[data-ends]");
  const shared = `cpd:end:${place.dataset.attempt}`;
  const take = (text) => {
    const end = JSON.parse(text);
    if (!end || end.until <= place.dataset.until) return;
    place.dataset.until = end.until;
    for (const field of document.querySelectorAll("[name=until]")) field.value = end.until;
    ends.textContent = end.words;
    total = (end.at - Date.now()) / 1000;
    began = [performance.now(), Date.now()];
    said.textContent = "";
    last = null;
    show();
  };
  addEventListener("storage", (event) => { if (event.key === shared) take(event.newValue); });
  try {
    const own = { until: place.dataset.until, at: Date.now() + 1000 * left(), words: ends.textContent };
    take(localStorage.getItem(shared));
    if (own.until === place.dataset.until) localStorage.setItem(shared, JSON.stringify(own));
  } catch { /* each tab counts by itself */ }
})();
