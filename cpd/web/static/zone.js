// Suggests the browser's time zone where none is chosen yet. Without this script it is chosen from the list.
(() => {
  "use strict";
  const list = document.querySelector("select[data-suggested]");
  if (!list || list.value || list.getAttribute("aria-invalid")) return;
  const said = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zone = JSON.parse(list.dataset.former)[said] || said;
  const found = [...list.options].find((option) => option.value && option.value === zone);
  if (!found || zone === "Etc/UTC") return; // what browsers say that hide where they are
  found.selected = true;
  document.getElementById(`${list.id}-hint`).append(` ${list.dataset.suggested}`);
})();
