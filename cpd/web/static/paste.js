// Text pasted from a word processor arrives as Markdown: the server converts its HTML, and the field gets the result.
// What is lost is named below the field. When the server cannot be reached, the plain words are pasted.
(() => {
  "use strict";
  const line = document.getElementById("paste-state");
  const isRich = (html) => /<(?:h[1-6]|ul|ol|li|table|b|strong|i|em|img)\b|mso-list|font-weight:\s*(?:bold|[6-9]00)/i.test(html);
  const isBlock = (text) => /^(?:#|- |\d+\. |\|)/m.test(text);
  const insert = (field, markdown) => {
    const before = field.value.slice(0, field.selectionStart);
    const text = isBlock(markdown) && before && !before.endsWith("\n") ? `\n\n${markdown}` : markdown;
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const convert = async (field, html, plain) => {
    const sent = new FormData();
    sent.append("csrf_token", field.form.elements.csrf_token.value);
    sent.append("pasted", html);
    try {
      const reply = await fetch(field.dataset.paste, { method: "POST", credentials: "same-origin", body: sent });
      const told = await reply.json();
      insert(field, reply.ok ? told.markdown : plain);
      line.textContent = (reply.ok ? told.losses.join(" ") : told.message) || "";
    } catch {
      insert(field, plain);
    }
  };
  for (const field of document.querySelectorAll("textarea[data-paste]")) {
    field.addEventListener("paste", (event) => {
      const html = event.clipboardData.getData("text/html");
      if (!isRich(html)) return;
      event.preventDefault();
      convert(field, html, event.clipboardData.getData("text/plain"));
    });
  }
})();
