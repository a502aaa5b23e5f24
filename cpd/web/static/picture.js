// Pictures for the texts of a course. A photo that is too large to send is made smaller in the browser. In the editor,
// the server stores the picture, and the line that shows it goes to where the cursor was.
(() => {
  "use strict";
  const most = 900000;
  const sides = [1600, 1280, 960, 640];

  const draw = (bitmap, side) => {
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [bitmap.width * scale, bitmap.height * scale];
    const drawing = canvas.getContext("2d");
    drawing.fillStyle = "#fff"; // a JPEG has no transparent parts
    drawing.fillRect(0, 0, canvas.width, canvas.height);
    drawing.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
  };
  const shrink = async (file) => {
    if (!file || file.size <= most) return file;
    const bitmap = await createImageBitmap(file);
    let blob = file;
    for (const side of sides) if (blob.size > most) blob = await draw(bitmap, side);
    return new File([blob], "picture.jpg", { type: "image/jpeg" });
  };

  for (const form of document.querySelectorAll("form[data-shrinks]")) {
    const input = form.elements.picture;
    let work = null; // while a photo is made smaller
    const replace = async () => {
      try {
        const smaller = await shrink(input.files[0]);
        if (!smaller || smaller === input.files[0]) return;
        const files = new DataTransfer();
        files.items.add(smaller);
        input.files = files.files;
      } catch { /* the server says what is wrong with it */ }
    };
    input.addEventListener("change", async () => {
      work = replace();
      await work;
      work = null;
    });
    form.addEventListener("submit", (event) => {
      if (!work) return;
      event.preventDefault();
      work.then(() => form.submit());
    });
  }

  const box = document.querySelector("[data-picture]");
  if (!box) return;
  const [line, button] = [box.querySelector("[role=status]"), box.querySelector("button")];
  const [input, description, decorative] = ["picture", "description", "is_decorative"].map((name) => box.querySelector(`[data-name=${name}]`));
  const fields = [...document.querySelectorAll("textarea[data-markdown]")];
  let field = fields[0];
  for (const it of fields) it.addEventListener("focus", () => { field = it; });
  box.hidden = !field;

  const insert = (reference) => {
    const [before, after] = [field.value.slice(0, field.selectionEnd), field.value.slice(field.selectionEnd)];
    const open = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    const close = !after || after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
    field.setRangeText(`${open}${reference}${close}`, field.selectionEnd, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  };
  button.addEventListener("click", async () => {
    const sent = new FormData();
    sent.append("csrf_token", field.form.elements.csrf_token.value);
    sent.append("description", description.value);
    if (decorative.checked) sent.append("is_decorative", "y");
    line.textContent = line.dataset.sending;
    button.disabled = true;
    try {
      if (input.files[0]) sent.append("picture", await shrink(input.files[0]).catch(() => input.files[0]));
      const reply = await fetch(box.dataset.picture, { method: "POST", credentials: "same-origin", body: sent });
      const told = await reply.json();
      line.textContent = reply.ok ? line.dataset.done : told.message;
      if (reply.ok) {
        insert(told.reference);
        [input.value, description.value, decorative.checked] = ["", "", false];
      }
    } catch {
      line.textContent = line.dataset.failed;
    } finally {
      button.disabled = false;
    }
  });
})();
