// Shows how much time is left in an exam, by the clock of the server: the page says how many seconds were left when it
// was made, and this script counts them down. The time can be hidden; what is said near the end is said all the same.
// Without this script, the page says when the exam ends.
(() => {
  "use strict";
  const place = document.querySelector("[data-seconds-left]");
  if (!place) return;
  const words = JSON.parse(place.dataset.words);
  const said = document.querySelector("[data-time-said]");
  const total = Number(place.dataset.secondsLeft);
  const began = [performance.now(), Date.now()];
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
    return seconds;
  };
  button.addEventListener("click", () => {
    hidden = !hidden;
    keep(hidden);
    show();
  });
  if (show()) {
    const counting = setInterval(() => { if (!show()) clearInterval(counting); }, 1000);
  }
})();
