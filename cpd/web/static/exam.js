// Saves each exam answer as soon as it is chosen. The pages also work without this script, because their buttons save
// too. Answers wait in this browser's storage, in order, until the server has sent a receipt for each. Each has its
// own id, so sending one twice does no harm.
(() => {
  "use strict";
  const line = document.querySelector("[data-events]");
  if (!line) return;
  const form = document.querySelector("form[data-position]");
  const here = form ? Number(form.dataset.position) : 0;
  const spoken = document.querySelector("[data-spoken]");
  const place = `cpd:${line.dataset.events}`;
  const slowest = 32000;
  let pause = 500;
  let timer = 0;
  let running = null;

  // The waiting answers: in storage, or only in this page if the browser stores nothing.
  let memory = [];
  let keeps = true;
  const read = () => {
    try { if (keeps) memory = JSON.parse(localStorage.getItem(place)) || []; } catch { keeps = false; }
    return [...memory];
  };
  const write = (queue) => {
    memory = queue;
    try {
      if (queue.length) localStorage.setItem(place, JSON.stringify(queue));
      else localStorage.removeItem(place);
    } catch { keeps = false; }
    mark(queue);
  };

  const say = (state, text, aloud = state !== "saving") => {
    line.className = `save ${state}`;
    line.hidden = "quiet" in line.dataset && state === "saved";
    line.querySelector("[data-words]").textContent = text;
    for (const sign of line.querySelectorAll("[data-state]")) sign.toggleAttribute("hidden", sign.dataset.state !== state);
    if (aloud && spoken.textContent !== text) spoken.textContent = text;
  };
  const unsent = () => {
    const [first] = read();
    const words = first && first.position !== here ? line.dataset.unsentFrom.replace("…", first.position) : line.dataset.unsent;
    say("unsaved", words);
  };
  // The map and the list of cases show which answers are only on this device.
  const mark = (queue) => {
    const held = new Set(queue.map((event) => event.position));
    for (const place of document.querySelectorAll(".map a, .tally > li")) {
      const is = held.has(Number(place.dataset.position));
      place.classList.toggle("held", is);
      place.querySelector("[data-held]").hidden = !is;
    }
    for (const key of document.querySelectorAll(".key [data-held]")) key.hidden = !held.size;
  };

  const boxes = () => [...form.querySelectorAll("[name=choice]")];
  const mine = (event) => form && event.position === here && event.step === form.elements.step.value;
  // The buttons send the newest event itself, so that it is stored only once.
  const setNewest = (event) => {
    form.elements.event_id.value = event.event_id;
    form.elements.after.value = event.after || "";
    form.dataset.head = event.event_id;
  };
  // Whether the server has accepted all that was chosen on this page, so that there is nothing left to post. An empty
  // choice, or one of two that conflict, still goes to the server, which decides.
  let taken = form && form.dataset.taken;
  if (taken) form.dataset.head = taken;
  const isTaken = () => taken && taken === form.dataset.head && boxes().some((box) => box.checked) && !flagHasChanged();
  const newId = () => (crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`);
  const remember = () => {
    const event = {
      event_id: newId(),
      position: here,
      step: form.elements.step.value,
      after: form.dataset.head || form.elements.after.value || null,
      choices: boxes().filter((box) => box.checked).map((box) => box.value),
    };
    setNewest(event);
    write([...read(), event]);
  };
  // After a reload, show the waiting answer to this question as chosen.
  const restore = (queue) => {
    const newest = queue.filter(mine).pop();
    if (!newest) return;
    for (const box of boxes()) box.checked = newest.choices.includes(box.value);
    setNewest(newest);
  };

  // The flag is no answer: it is sent at once and never waits. If that fails, the next button sends it.
  const flag = form && form.elements.flagged;
  const flagHasChanged = () => flag.checked !== Boolean(form.elements.was_flagged.value);
  const showFlag = () => {
    const shown = document.querySelector(".map [aria-current]");
    shown.classList.toggle("flag", flag.checked);
    shown.querySelector("[data-flag]").hidden = !flag.checked;
    document.querySelector(".key [data-flag]").hidden = !document.querySelector(".map .flag");
  };
  const sendFlag = async () => {
    const fields = new FormData(form);
    for (const name of ["choice", "after"]) fields.delete(name);
    const chosen = flag.checked;
    const reply = await fetch(form.action, { method: "POST", credentials: "same-origin", keepalive: true, body: fields });
    if (reply.ok && new URL(reply.url).pathname.startsWith(form.dataset.attempt)) form.elements.was_flagged.value = chosen ? "1" : "";
  };

  // Confirms an answer that locks, once the server has it, in the words of the page that asks without scripts.
  const ask = document.getElementById("ask");
  const askFirst = () => {
    const words = (box) => (box.closest("label").querySelector("b") || box.closest("label")).textContent.trim();
    ask.querySelector("[data-given]").textContent = boxes().filter((box) => box.checked).map(words).join("; ");
    ask.querySelector("[name=after]").value = form.dataset.head;
    ask.showModal();
  };

  const drop = (event) => write(read().filter((waiting) => waiting.event_id !== event.event_id));
  if (location.search === "?kept") history.replaceState(null, "", location.pathname);
  let isLeaving = false; // what is sent before the next page is there would be refused once more, and lost
  const reload = (query = "") => {
    isLeaving = true;
    location.replace(location.pathname + query);
  };
  // A page was open too long: its form token has expired, or nobody is signed in. Reloading fixes that (signing in
  // leads back here). It is done once per answer: one that is refused again can never be accepted.
  const reloadOnce = (event) => {
    const tried = `cpd:again:${event.event_id}`;
    try {
      if (sessionStorage.getItem(tried)) return false;
      sessionStorage.setItem(tried, "1");
    } catch { return false; }
    reload("?kept"); // for the page on which one signs in: it says that the answer is kept
    return true;
  };

  const post = (event) => fetch(line.dataset.events, {
    method: "POST",
    credentials: "same-origin",
    keepalive: true, // the last answer arrives even if the page is closed
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": line.dataset.token },
    body: JSON.stringify(event),
  });

  // Sends the waiting answers, oldest first; true when none are left.
  const sendAll = async () => {
    for (let queue = read(); queue.length; queue = read()) {
      const [event] = queue;
      say("saving", line.dataset.saving);
      const reply = await post(event);
      const result = await reply.json().catch(() => ({}));
      if (reply.status === 401 || reply.status === 400) {
        if (reloadOnce(event) || reply.status === 401) return false;
        drop(event);
        say("unsaved", result.error ? result.error.meaning : line.dataset.unsent);
      } else if (reply.ok) {
        drop(event);
        pause = 500;
        if (!read().length) say("saved", line.dataset.saved.replace("…", result.clock));
        if (mine(event)) {
          taken = event.event_id;
          document.getElementById("two")?.remove();
        }
      } else if ([409, 410, 422].includes(reply.status) || (reply.status === 429 && result.message)) {
        drop(event); // the server's reply is final, and it has stored the answer if it could
        if (reply.status === 409 && mine(event)) {
          reload(); // the page shows both answers, or the question that is open now
          return false;
        }
        say("unsaved", result.message || (result.error ? result.error.meaning : line.dataset.unsent));
      } else {
        return false;
      }
    }
    return true;
  };
  const send = () => {
    clearTimeout(timer);
    running ||= sendAll().catch(() => false).finally(() => {
      running = null;
      if (!read().length) return;
      unsent();
      timer = setTimeout(send, isLeaving ? slowest : pause);
      pause = Math.min(pause * 2, slowest);
    });
    return running;
  };

  addEventListener("online", send);
  const waited = read();
  if (form) {
    restore(waited);
    form.addEventListener("change", (event) => {
      if (event.target === flag) {
        showFlag();
        sendFlag().catch(() => {});
      }
      if (event.target.name !== "choice") return;
      remember();
      send();
    });
  }
  // No button leaves the page while an answer waits: without a network it would fail, or it would overtake that
  // answer. Once the answer is accepted, the button need not send it again and only moves on.
  let pressed = null; // older browsers do not say which button sent a form, so clicks are noted before
  addEventListener("click", (event) => { pressed = event.target.closest("button") || pressed; }, true);
  for (const each of document.querySelectorAll("form[method=post]")) {
    each.addEventListener("submit", async (event) => {
      const button = pressed;
      if (read().length) {
        event.preventDefault();
        await (running || Promise.resolve());
        if (await send()) button.click();
      } else if (each === form && isTaken() && button?.value !== "time") {
        event.preventDefault();
        if (ask && ask.showModal) askFirst();
        else location.assign(form.dataset.onwards);
      }
    });
  }
  mark(waited);
  if (waited.length) {
    send().then((done) => {
      if (done && !form) reload(); // the list was made before they arrived
    });
  }
})();
