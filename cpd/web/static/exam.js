// Saves each answer of an exam as it is given. The page works without this script: its buttons save too.
// Unsent answers wait in this browser's storage, in order, each with an id of its own, so that sending
// one twice does no harm.
(() => {
  "use strict";
  const form = document.querySelector("form[data-events]");
  const status = document.querySelector("[data-save-status]");
  if (!form || !status || !window.fetch || !window.localStorage) return;

  const store = `cpd:${form.dataset.events}`;
  const words = status.dataset;
  const token = form.elements.csrf_token.value;
  let sending = false;
  let retry = 0;

  const read = () => {
    try { return JSON.parse(localStorage.getItem(store)) || []; } catch { return []; }
  };
  const write = (queue) => {
    if (queue.length) localStorage.setItem(store, JSON.stringify(queue));
    else localStorage.removeItem(store);
  };
  const say = (state, text) => {
    status.className = `save ${state}`;
    const line = status.querySelector("[data-save-words]");
    if (line.textContent !== text) line.textContent = text;
    for (const icon of status.querySelectorAll("[data-save-icon]")) {
      icon.toggleAttribute("hidden", icon.dataset.saveIcon !== state);
    }
  };
  const clock = (instant) => new Date(instant).toLocaleTimeString(document.documentElement.lang);

  const choices = () => [...form.querySelectorAll("[name=choice]:checked")].map((input) => input.value);

  const remember = () => {
    const event = {
      event_id: crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`,
      position: Number(form.dataset.position),
      step: form.elements.step.value,
      after: form.elements.after.value || null,
      choices: choices(),
    };
    // What the buttons send from now on is this same event, so that it is kept once.
    form.elements.event_id.value = event.event_id;
    form.dataset.head = event.event_id;
    write([...read(), event]);
  };

  const send = async () => {
    if (sending) return;
    sending = true;
    try {
      for (let queue = read(); queue.length; queue = read()) {
        const [event] = queue;
        say("saving", words.saving);
        const reply = await fetch(form.dataset.events, {
          method: "POST",
          credentials: "same-origin",
          headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
          body: JSON.stringify(event),
        });
        if (reply.status >= 500 || reply.status === 401 || reply.status === 429) {
          say("unsaved", reply.status === 401 ? words.signedOut : words.unsent);
          break;
        }
        const body = await reply.json().catch(() => ({}));
        write(read().filter((waiting) => waiting.event_id !== event.event_id));
        if (reply.ok) {
          retry = 0;
          if (!read().length) say("saved", words.saved.replace("…", clock(body.received_at)));
        } else {
          say("unsaved", body.message || words.unsent);
          return;
        }
      }
    } catch {
      say("unsaved", words.unsent);
    } finally {
      sending = false;
    }
    if (read().length) {
      retry = Math.min(retry + 1, 6);
      setTimeout(send, 500 * 2 ** retry);
    }
  };

  form.addEventListener("change", (event) => {
    if (event.target.name !== "choice") return;
    // The next event replaces the one before it, whether or not that one has arrived yet.
    if (form.dataset.head) form.elements.after.value = form.dataset.head;
    remember();
    send();
  });
  addEventListener("online", send);
  if (read().length) send();
})();
