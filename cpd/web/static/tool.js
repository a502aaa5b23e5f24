// Prints a sheet, or copies it as text with the filled-in fields. Nothing is stored or sent. Without this script, the
// fields still work, and the browser's own command prints.
(() => {
  "use strict";
  const sheet = document.querySelector(".onepage .prose");
  const fields = [...sheet.querySelectorAll(".blank textarea")];
  const status = document.querySelector("[data-copied]");
  let unkept = false;

  const asText = () => {
    const copy = sheet.cloneNode(true);
    copy.querySelectorAll(".blank").forEach((blank, at) => {
      blank.replaceWith(`${blank.textContent.trim()}: ${fields[at].value.trim()}\n`);
    });
    for (const cell of copy.querySelectorAll("td + td, th + th")) cell.prepend(" | ");
    for (const item of copy.querySelectorAll("li")) item.prepend("- ");
    for (const block of copy.querySelectorAll("p, li, tr, h2, h3, h4")) block.append("\n");
    const lines = copy.textContent.split("\n").map((line) => line.trim().replace(/ +/g, " "));
    return [document.querySelector("h1").textContent.trim(), "", ...lines].join("\n").replace(/\n{3,}/g, "\n\n");
  };

  document.querySelector("[data-by-hand]").hidden = true;
  document.querySelector("[data-buttons]").hidden = false;
  document.querySelector("[data-print]").addEventListener("click", () => print());
  document.querySelector("[data-copy]").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(asText());
      unkept = false;
      status.textContent = status.dataset.copied;
    } catch {
      status.textContent = status.dataset.failed;
    }
  });

  // If a field does not grow by itself, make it taller, so that no word is cut off on paper.
  const grow = (field) => {
    while (field.scrollHeight > field.clientHeight && field.rows < 99) field.rows += 1;
  };
  sheet.addEventListener("input", (event) => {
    unkept = true;
    status.textContent = "";
    if (!CSS.supports("field-sizing", "content")) grow(event.target);
  });
  addEventListener("afterprint", () => { unkept = false; });
  addEventListener("beforeunload", (event) => { if (unkept && fields.some((field) => field.value)) event.preventDefault(); });
})();
