// Keeps a course on this device for reading without a network: a copy, which contains nothing about a person, and
// the files that it needs, compressed. The cache's name says which edition it is. Signing out removes everything.
(() => {
  "use strict";
  if (!("serviceWorker" in navigator && "caches" in window && "CompressionStream" in window)) return;
  const scope = "/courses/";
  const all = async () => (await caches.keys()).filter((name) => name.startsWith("cpd-kept:"));
  const remove = async (names) => {
    await Promise.all(names.map((name) => caches.delete(name)));
    if ((await all()).length) return;
    const worker = await navigator.serviceWorker.getRegistration(scope);
    if (worker) await worker.unregister();
  };

  if (document.querySelector("[data-removes-kept]")) {
    const form = document.querySelector("main form");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await remove(await all()).catch(() => {});
      form.submit();
    });
  }

  const panel = document.querySelector("[data-keep]");
  if (!panel) return;
  const { keep: copy, edition, words } = panel.dataset;
  const most = Number(panel.dataset.most);
  const say = JSON.parse(words);
  const status = panel.querySelector("[role=status]");
  const [keepButton, removeButton] = panel.querySelectorAll("button");
  const present = `cpd-kept:${copy} ${edition}`;
  const ofThis = (name) => name.startsWith(`cpd-kept:${copy} `);
  const kilobytes = (bytes) => Math.ceil(bytes / 1000);

  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  const sizeKept = async (name) => {
    const answers = await (await caches.open(name)).matchAll();
    return sum(await Promise.all(answers.map(async (answer) => (await answer.blob()).size)));
  };
  const get = async (address) => {
    const answer = await fetch(address, { redirect: "error" });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer;
  };
  const pack = async (address, answer) => {
    const body = await new Response(answer.body.pipeThrough(new CompressionStream("gzip"))).blob();
    const headers = new Headers(answer.headers);
    for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name); // these describe the transfer
    return { address, size: body.size, answer: new Response(body, { headers }) };
  };
  const getAll = async () => {
    const page = await get(copy);
    const parsed = new DOMParser().parseFromString(await page.clone().text(), "text/html");
    const needed = [...parsed.querySelectorAll("link[rel=stylesheet], link[rel=icon], script, img, use")].map(
      (it) => (it.getAttribute("href") || it.getAttribute("src")).split("#")[0],
    );
    const files = [...new Set(needed)].map(async (address) => pack(address, await get(address)));
    return Promise.all([...files, pack(copy, page)]);
  };

  const show = async () => {
    const page = await caches.match(copy, { ignoreVary: true });
    keepButton.hidden = Boolean(page);
    removeButton.hidden = !page;
    if (!page) return say.about;
    const [name] = (await all()).filter(ofThis);
    const day = new Date(page.headers.get("Date")).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
    return say.kept.replace("{day}", day).replace("{size}", kilobytes(await sizeKept(name)));
  };
  const keep = async () => {
    const files = await getAll();
    const others = await Promise.all((await all()).filter((name) => !ofThis(name)).map(sizeKept));
    const size = sum([...others, ...files.map((file) => file.size)]);
    if (size > most) {
      status.textContent = say.tooMuch.replace("{size}", kilobytes(size));
      return;
    }
    await navigator.serviceWorker.register("/offline.js", { scope });
    const cache = await caches.open(present);
    for (const { address, answer } of files) await cache.put(address, answer); // the copy comes last, after all it needs
    await remove((await all()).filter((name) => ofThis(name) && name !== present));
    await navigator.serviceWorker.ready;
    status.textContent = await show();
  };

  keepButton.addEventListener("click", async () => {
    keepButton.disabled = true;
    status.textContent = say.keeping;
    try {
      await keep();
    } catch {
      await caches.delete(present);
      status.textContent = say.failed;
    }
    keepButton.disabled = false;
  });
  removeButton.addEventListener("click", async () => {
    await remove((await all()).filter(ofThis));
    await show();
    status.textContent = say.removed;
  });
  (async () => {
    status.textContent = await show();
    panel.hidden = false;
    const names = (await all()).filter(ofThis);
    if (names.length && !names.includes(present)) await keep(); // the course has changed since
  })().catch(() => {}); // what was kept stays
})();
