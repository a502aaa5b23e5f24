// Saves each answer of an exam as it is given. The pages work without this script: their buttons save too.
// Answers wait in this browser's storage, in order, until the server has given a receipt for each. Each has an id
// of its own, so that sending one twice does no harm.
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

  // What waits: in storage, or in this page alone where the browser keeps nothing.
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
  // The map and the list of cases show where an answer is on this device only.
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
  // What the buttons send is the newest event itself, so that it is kept once.
  const stand = (event) => {
    form.elements.event_id.value = event.event_id;
    form.elements.after.value = event.after || "";
    form.dataset.head = event.event_id;
  };
  // Whether the server has taken the newest choice of this page, so that there is nothing left to post. An empty one
  // leads nowhere, and one of two that differ is to be chosen: the server decides about both.
  let taken = form && form.dataset.taken;
  if (taken) form.dataset.head = taken;
  const isTaken = () => taken && taken === form.dataset.head && boxes().some((box) => box.checked);
  const newId = () => (crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`);
  const remember = () => {
    const event = {
      event_id: newId(),
      position: here,
      step: form.elements.step.value,
      after: form.dataset.head || form.elements.after.value || null,
      choices: boxes().filter((box) => box.checked).map((box) => box.value),
    };
    stand(event);
    write([...read(), event]);
  };
  // After a reload: what waits for this question is shown as chosen.
  const restore = (queue) => {
    const newest = queue.filter(mine).pop();
    if (!newest) return;
    for (const box of boxes()) box.checked = newest.choices.includes(box.value);
    stand(newest);
  };

  // An answer that locks is asked about here, once the server has it, in the words of the page that asks otherwise.
  const ask = document.getElementById("ask");
  const askFirst = () => {
    const words = (box) => (box.closest("label").querySelector("b") || box.closest("label")).textContent.trim();
    ask.querySelector("[data-given]").textContent = boxes().filter((box) => box.checked).map(words).join("; ");
    ask.querySelector("[name=after]").value = form.dataset.head;
    ask.showModal();
  };

  const drop = (event) => write(read().filter((waiting) => waiting.event_id !== event.event_id));
  const reload = () => location.replace(location.pathname);
  // A page that was open too long: its form token is old, or nobody is signed in. Loading it again puts that right
  // (signing in leads back here), once for an answer: one that is refused even then can never be taken.
  const reloadOnce = (event) => {
    const tried = `cpd:again:${event.event_id}`;
    try {
      if (sessionStorage.getItem(tried)) return false;
      sessionStorage.setItem(tried, "1");
    } catch { return false; }
    reload();
    return true;
  };

  const post = (event) => fetch(line.dataset.events, {
    method: "POST",
    credentials: "same-origin",
    keepalive: true, // the last answer arrives although the page is closed
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": line.dataset.token },
    body: JSON.stringify(event),
  });

  // Sends what waits, oldest first; true when nothing waits any more.
  const sendAll = async () => {
    for (let queue = read(); queue.length; queue = read()) {
      const [event] = queue;
      say("saving", line.dataset.saving);
      const reply = await post(event);
      const told = await reply.json().catch(() => ({}));
      if (reply.status === 401 || reply.status === 400) {
        if (reloadOnce(event) || reply.status === 401) return false;
        drop(event);
        say("unsaved", told.error ? told.error.meaning : line.dataset.unsent);
      } else if (reply.ok) {
        drop(event);
        pause = 500;
        if (!read().length) say("saved", line.dataset.saved.replace("…", told.clock));
        if (mine(event)) {
          taken = event.event_id;
          document.getElementById("two")?.remove();
        }
      } else if ([409, 410, 422].includes(reply.status)) {
        drop(event); // the server has answered for good, and has kept it where it could
        if (reply.status === 409 && mine(event)) {
          reload(); // the page shows both answers, or the question that is open now
          return false;
        }
        say("unsaved", told.message || (told.error ? told.error.meaning : line.dataset.unsent));
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
      timer = setTimeout(send, pause);
      pause = Math.min(pause * 2, slowest);
    });
    return running;
  };

  addEventListener("online", send);
  const waited = read();
  if (form) {
    restore(waited);
    form.addEventListener("change", (event) => {
      if (event.target.name !== "choice") return;
      remember();
      send();
    });
  }
  // No button leaves while an answer waits: it would go nowhere without a network, or overtake that answer. Once the
  // answer is taken, the button need not send it again, and only leads on.
  for (const each of document.querySelectorAll("form[method=post]")) {
    each.addEventListener("submit", async (event) => {
      const button = event.submitter;
      if (read().length) {
        event.preventDefault();
        await (running || Promise.resolve());
        if (await send()) each.requestSubmit(button);
      } else if (each === form && isTaken()) {
        event.preventDefault();
        if (ask && ask.showModal) askFirst();
        else location.assign(form.dataset.onwards);
      }
    });
  }
  mark(waited);
  if (waited.length) {
    send().then((done) => {
      if (done && !form) reload(); // a list made before they arrived
    });
  }
})();
