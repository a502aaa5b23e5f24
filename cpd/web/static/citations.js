// In browsers without pop-overs, the number of a source leads to its line in the list at the end of the page.
(() => {
  "use strict";
  if ("popover" in HTMLElement.prototype) return;
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("button[popovertarget]");
    if (chip) location.hash = chip.getAttribute("popovertarget").replace("source-", "ref-");
  });
})();
