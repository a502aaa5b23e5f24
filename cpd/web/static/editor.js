// Saves a draft while somebody writes. The pages also work without this script, because their buttons save too. What
// is not saved yet is kept in this browser, and offered again when the page is opened next: after a lost network, an
// expired sign-in or a closed laptop.
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const line = document.getElementById("saving");
  const kept = document.getElementById("kept");
  const place = `cpd:draft:${form.dataset.draft}:${form.dataset.autosave.split("/").pop()}`;
  const pause = 1000;
  const slowest = 60000;
  let wait = pause;
  let timer = 0;
  let isSending = false;
  let isChanged = false;
  let pressed = null; // a button that waits until the save under way has ended

  const isOwn = (name) => name !== "csrf_token" && name !== "begun_with" && name !== "words" && name !== "cite_in"
    && !(name === "text" && form.elements.text.type === "hidden");
  const read = () => [...new FormData(form)].filter(([name]) => isOwn(name));
  const keep = () => { try { localStorage.setItem(place, JSON.stringify({ begun: form.elements.begun_with.value, fields: read() })); } catch { /* nothing is stored here */ } };
  const forget = () => { try { localStorage.removeItem(place); } catch { /* nothing is stored here */ } };
  const find = () => { try { return JSON.parse(localStorage.getItem(place)); } catch { return null; } };

  const say = (state, more = "") => {
    line.hidden = false;
    line.className = `save ${state}`;
    line.textContent = `${line.dataset[state]} ${more}`.trim();
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  };
  const fail = (message) => {
    say("unsaved", message);
    wait = Math.min(wait * 2, slowest);
  };
  // A reply of any other kind, such as the page on which to sign in, is no proof that anything was saved.
  const send = async () => {
    if (isSending) return later();
    [isSending, isChanged] = [true, false];
    say("saving");
    try {
      const reply = await fetch(form.dataset.autosave, { method: "POST", credentials: "same-origin", headers: { Accept: "application/json" }, body: new FormData(form) });
      const isJson = (reply.headers.get("Content-Type") || "").startsWith("application/json");
      const told = isJson ? await reply.json() : {};
      if (reply.ok && told.begun_with) {
        form.elements.begun_with.value = told.begun_with;
        if (told.text !== undefined) form.elements.text.value = told.text;
        wait = pause;
        if (!isChanged) forget();
        say("saved", told.clock);
      } else {
        const isOut = reply.status === 400 || reply.status === 401; // or signed in again since the page was opened
        fail(isOut ? line.dataset.out : told.message || (told.error && told.error.remedy));
        if (!told.message) later();
      }
    } catch {
      fail();
      later();
    } finally {
      isSending = false;
      if (pressed) pressed.click();
      else if (isChanged) later();
    }
  };

  const change = () => {
    isChanged = true;
    keep();
    say("unsaved");
    later();
  };
  form.addEventListener("input", change);
  form.addEventListener("change", change);
  let clicked = null; // the Enter key in a field also clicks a button
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && button.form === form) clicked = button;
  }, true);
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    keep();
    if (!isSending) return;
    event.preventDefault(); // or this form, which does not know the new text yet, would look like somebody else's
    pressed = clicked;
  });
  addEventListener("online", () => { if (!line.hidden && line.classList.contains("unsaved")) send(); });

  // What an earlier visit kept: put back into its fields, and what has no field any more is shown.
  const isSame = (fields) => JSON.stringify(fields.map(([, text]) => text.replace(/\r\n/g, "\n")))
    === JSON.stringify(read().map(([, text]) => text.replace(/\r\n/g, "\n")));
  const fill = (fields) => {
    const lost = [];
    const names = new Set(fields.map(([name]) => name));
    for (const control of form.elements) {
      const isThere = names.has(control.name) || names.has(`picks.${control.name}`);
      if (!isOwn(control.name) || !isThere || control.type === "hidden") continue;
      const texts = fields.filter(([name]) => name === control.name).map(([, text]) => text);
      if (control.type === "checkbox") control.checked = texts.includes(control.value);
      else if (control.tagName !== "BUTTON") control.value = texts[0];
    }
    for (const [name, text] of fields) if (!form.elements[name] && text) lost.push(text);
    return lost;
  };
  const { begun, fields } = find() ?? {};
  if (!fields) return;
  const isSaved = begun === form.dataset.savedFrom; // by the button that led here; it may have added or moved fields
  if (isSaved || isSame(fields)) return void forget();
  kept.hidden = false;
  document.getElementById("take-kept").addEventListener("click", () => {
    const lost = fill(fields);
    kept.querySelector("[data-lost]").hidden = !lost.length;
    kept.querySelector("pre").textContent = lost.join("\n\n");
    if (!lost.length) kept.hidden = true;
    change();
  });
  document.getElementById("drop-kept").addEventListener("click", () => {
    forget();
    kept.hidden = true;
  });
})();
