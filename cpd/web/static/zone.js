// Suggests the browser's time zone if none is chosen yet. Without this script, it is chosen from the list.
(() => {
  "use strict";
  const list = document.querySelector("select[data-suggested]");
  if (!list || list.value || list.getAttribute("aria-invalid")) return;
  const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zone = JSON.parse(list.dataset.former)[browserZone] || browserZone;
  const match = [...list.options].find((option) => option.value && option.value === zone);
  if (!match || zone === "Etc/UTC") return; // browsers that hide their location report UTC
  match.selected = true;
  document.getElementById(`${list.id}-hint`).append(` ${list.dataset.suggested}`);
})();
