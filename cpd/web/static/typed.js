// Keeps on this device what somebody writes in a form, until the server has it (forget.js). After a lost network, an
// expired sign-in or a closed laptop, the form offers it again. The forms also work without this script.
(() => {
  "use strict";
  const start = (form) => {
    const place = `cpd:typed:${form.dataset.keeps}`;
    const box = form.querySelector("[data-kept]");
    const away = form.querySelector("[data-away]");
    const isChosen = (control) => control.type === "radio" || control.type === "checkbox";
    const controls = () => [...form.elements].filter(({ name, type }) => name && type !== "hidden" && type !== "submit");
    const read = () => controls().filter((it) => !isChosen(it) || it.checked).map((it) => [it.name, it.value]);
    const hasWords = () => controls().some((it) => !isChosen(it) && !it.options && it.value.trim());
    const find = () => { try { return JSON.parse(localStorage.getItem(place)); } catch { return null; } };
    const forget = () => { try { localStorage.removeItem(place); } catch { /* nothing is stored here */ } };
    const keep = () => {
      if (!hasWords()) return void forget();
      try { localStorage.setItem(place, JSON.stringify(read())); } catch { /* nothing is stored here */ }
    };
    const clean = (fields) => JSON.stringify(fields.map(([name, text]) => [name, text.replace(/\r\n/g, "\n").trim()]));
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    form.addEventListener("submit", (event) => {
      keep();
      away.hidden = navigator.onLine;
      if (!navigator.onLine) event.preventDefault();
    });
    addEventListener("online", () => { away.hidden = true; });

    const fields = find();
    if (!fields || clean(fields) === clean(read())) return;
    box.hidden = false;
    box.querySelector("[data-take]").addEventListener("click", () => {
      const shown = controls();
      for (const control of shown) {
        const texts = fields.filter(([name]) => name === control.name).map(([, text]) => text);
        if (isChosen(control)) control.checked = texts.includes(control.value);
        else if (texts.length) control.value = texts[0];
      }
      const lost = fields.filter(([name, text]) => text && !shown.some((it) => it.name === name)).map(([, text]) => text);
      box.querySelector("[data-lost]").hidden = !lost.length;
      box.querySelector("pre").textContent = lost.join("\n\n");
      box.hidden = !lost.length;
    });
    box.querySelector("[data-drop]").addEventListener("click", () => {
      forget();
      box.hidden = true;
    });
  };
  // Only now, because forget.js runs before, and the browser has put back what it remembers itself.
  addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("form[data-keeps]")) start(form);
  });
})();
