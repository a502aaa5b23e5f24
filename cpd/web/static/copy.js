// Adds a button that copies the field beside it. Without this script, the field can be selected and copied by hand.
(() => {
  "use strict";
  for (const field of document.querySelectorAll("[data-copies]")) {
    const words = JSON.parse(field.dataset.copies);
    const input = field.querySelector("input");
    const status = field.querySelector("[role=status]");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn second";
    button.textContent = words.copy;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(input.value);
        status.textContent = words.copied;
      } catch {
        input.select();
        status.textContent = words.failed;
      }
    });
    input.after(button);
  }
})();
