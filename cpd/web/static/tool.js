// Keeps what is filled in on a sheet in this browser's storage, until it is cleared here or its reader signs out
// (keep.js). It is never sent. Also prints a sheet, and copies it as text. Without this script, the fields still
// work, and the browser's own command prints.
(() => {
  "use strict";
  const signs = { true: "☑", false: "☐" };

  const begin = (sheet) => {
    const text = sheet.querySelector(".prose");
    const find = (name) => sheet.querySelector(`[data-${name}]`);
    const status = sheet.querySelector("[role=status]");
    const clear = find("clear");
    const place = `cpd-sheet:${sheet.dataset.sheet}`;
    const fields = [...text.querySelectorAll("label textarea, label input")];
    const isTick = (field) => field.tagName === "INPUT";
    const words = (field) => field.closest("label").textContent.trim();
    // A field is kept under its own words, so that it is found again after the text around it has changed.
    const names = fields.map((field, at) => {
      const same = fields.slice(0, at).filter((other) => words(other) === words(field)).length;
      return same ? `${words(field)} #${same + 1}` : words(field);
    });
    let undone = null;
    let stored = true;

    // If a field does not grow by itself, make it taller, so that no word is cut off on paper.
    const grow = (field) => {
      if (CSS.supports("field-sizing", "content")) return;
      while (field.scrollHeight > field.clientHeight && field.rows < 99) field.rows += 1;
    };
    const collect = () => {
      const held = {};
      fields.forEach((field, at) => {
        if (isTick(field) ? field.checked : field.value) held[names[at]] = isTick(field) || field.value;
      });
      return held;
    };
    const show = (held) => {
      fields.forEach((field, at) => {
        if (isTick(field)) {
          field.checked = Boolean(held[names[at]]);
        } else {
          field.value = held[names[at]] || "";
          grow(field);
        }
      });
      if (!clear) return;
      clear.textContent = undone ? clear.dataset.undo : clear.dataset.clear;
      clear.hidden = !undone && !Object.keys(held).length;
    };
    const read = () => JSON.parse(localStorage.getItem(place) || "{}");
    const write = (held) => {
      if (Object.keys(held).length) localStorage.setItem(place, JSON.stringify(held));
      else localStorage.removeItem(place);
    };
    const attempt = (act) => {
      try {
        act();
        stored = true;
      } catch {
        stored = false; // this browser stores nothing, and the page says so
      }
      find("kept").hidden = !stored;
      find("not-kept").hidden = stored;
    };

    const asText = () => {
      const copy = text.cloneNode(true);
      copy.querySelectorAll("label").forEach((label, at) => {
        const field = fields[at];
        const said = words(field);
        label.replaceWith(isTick(field) ? `${signs[field.checked]} ${said}` : `${said}: ${field.value.trim()}\n`);
      });
      for (const cell of copy.querySelectorAll("td + td, th + th")) cell.prepend(" | ");
      for (const item of copy.querySelectorAll("li")) item.prepend("- ");
      for (const block of copy.querySelectorAll("p, li, tr, h2, h3, h4, h5")) block.append("\n");
      const lines = copy.textContent.split("\n").map((line) => line.trim().replace(/ +/g, " "));
      return [sheet.dataset.title, "", ...lines].join("\n").replace(/\n{3,}/g, "\n\n");
    };

    for (const hint of sheet.querySelectorAll("[data-by-hand]")) hint.hidden = true;
    find("buttons").hidden = false;
    if (find("print")) find("print").addEventListener("click", () => print());
    find("copy").addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(asText());
        status.textContent = status.dataset.copied;
      } catch {
        status.textContent = status.dataset.failed;
      }
    });
    if (!clear) return;
    clear.addEventListener("click", () => {
      const held = undone || {};
      undone = undone ? null : collect();
      show(held);
      status.textContent = undone ? status.dataset.cleared : "";
      attempt(() => write(held));
    });
    text.addEventListener("input", (event) => {
      undone = null;
      status.textContent = "";
      clear.textContent = clear.dataset.clear;
      clear.hidden = !Object.keys(collect()).length;
      if (!isTick(event.target)) grow(event.target);
      attempt(() => write(collect()));
    });
    // Another tab may have changed or cleared it; a page that Back brings back may show what was cleared since.
    const refresh = () => attempt(() => show(read()));
    addEventListener("storage", (event) => { if (!event.key || event.key === place) refresh(); });
    addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });
    addEventListener("beforeunload", (event) => { if (!stored && !clear.hidden) event.preventDefault(); });
    refresh();
  };

  for (const sheet of document.querySelectorAll("[data-sheet]")) begin(sheet);
})();
