// Prints a sheet, or copies it as text with what was filled in. Nothing is kept and nothing is sent; without this
// script the fields work all the same, and the browser's own command prints.
(() => {
  "use strict";
  const sheet = document.querySelector(".onepage .prose");
  const fields = [...sheet.querySelectorAll(".blank textarea")];
  const said = document.querySelector("[data-copied]");
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
      said.textContent = said.dataset.copied;
    } catch {
      said.textContent = said.dataset.failed;
    }
  });

  // Where a box does not grow by itself it is made higher, so that no word is cut off on paper.
  const grow = (field) => {
    while (field.scrollHeight > field.clientHeight && field.rows < 99) field.rows += 1;
  };
  sheet.addEventListener("input", (event) => {
    unkept = true;
    said.textContent = "";
    if (!CSS.supports("field-sizing", "content")) grow(event.target);
  });
  addEventListener("afterprint", () => { unkept = false; });
  addEventListener("beforeunload", (event) => { if (unkept && fields.some((field) => field.value)) event.preventDefault(); });
})();
