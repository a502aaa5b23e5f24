// Adds a button to each password field that shows what was typed. Without this script, it stays hidden.
(() => {
  "use strict";
  const hideAll = [];
  for (const input of document.querySelectorAll("input[type=password][data-show]")) {
    const row = document.createElement("div");
    const button = document.createElement("button");
    const word = document.createElement("span");
    const which = document.createElement("span");
    const show = (isShown) => {
      input.type = isShown ? "text" : "password";
      word.textContent = isShown ? input.dataset.hide : input.dataset.show;
    };
    row.className = "beside";
    button.className = "btn plain";
    button.type = "button";
    which.className = "vh";
    which.textContent = ` ${input.labels[0].textContent.trim()}`;
    button.append(word, which);
    button.setAttribute("aria-controls", input.id);
    button.addEventListener("click", () => show(input.type === "password"));
    input.parentNode.insertBefore(row, input);
    row.append(input, button);
    input.autocapitalize = "none"; // a phone would do so where the letters are shown
    input.spellcheck = false; // some browsers send what they check to a server
    show(false);
    hideAll.push(() => show(false));
  }
  const hide = () => hideAll.forEach((one) => one());
  addEventListener("submit", hide);
  addEventListener("pagehide", hide);
})();
