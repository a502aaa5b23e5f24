// Keeps a course on this device for reading without a network: a copy, which contains nothing about a person, the
// page to start from, and the files that both need, compressed. The cache's name says which edition it is. Signing out
// removes everything, with what was filled in on sheets (tool.js).
(() => {
  "use strict";
  const clearSheets = () => {
    const kept = Object.keys(localStorage).filter((name) => name.startsWith("cpd-sheet:"));
    for (const name of kept) localStorage.removeItem(name);
  };
  const leaving = document.querySelector("[data-removes-kept]");
  if (leaving) {
    document.querySelector("main form").addEventListener("submit", () => {
      try { clearSheets(); } catch { /* a browser that stores nothing has nothing to clear */ }
    });
  }
  if (!("serviceWorker" in navigator && "caches" in window && "CompressionStream" in window)) return;
  const scope = "/"; // so that the home page and the record can be answered too, when there is no network
  const start = "/kept";
  const all = async () => (await caches.keys()).filter((name) => name.startsWith("cpd-kept:"));
  const remove = async (names) => {
    await Promise.all(names.map((name) => caches.delete(name)));
    if ((await all()).length) return;
    await Promise.all((await navigator.serviceWorker.getRegistrations()).map((worker) => worker.unregister()));
  };
  const unpacked = (answer) => new Response(answer.body.pipeThrough(new DecompressionStream("gzip"))).text();
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");
  const dayOf = (answer) =>
    new Date(answer.headers.get("Date")).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });

  if (leaving) {
    const form = document.querySelector("main form");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await remove(await all()).catch(() => {});
      form.submit();
    });
  }

  // The page to start from lists the parts of every copy.
  const list = document.querySelector("[data-kept-list]");
  const showAll = async () => {
    list.querySelector("[data-away]").hidden = location.pathname === start;
    for (const name of await all()) {
      const copy = name.slice("cpd-kept:".length).split(" ")[0];
      const answer = await caches.match(copy, { ignoreVary: true });
      const page = answer && parse(await unpacked(answer));
      const parts = page && page.querySelector("[data-contents]"); // copies of earlier releases have none
      if (!parts) continue;
      const course = document.createElement("section");
      const heading = document.createElement("h2");
      const day = document.createElement("p");
      course.className = "stack";
      heading.append(...page.querySelector("h1").childNodes); // with the language of the course
      day.textContent = list.dataset.day.replace("{day}", dayOf(answer));
      const contents = document.importNode(parts, true);
      for (const link of contents.querySelectorAll("a")) link.setAttribute("href", copy + link.getAttribute("href"));
      course.append(heading, day, contents);
      list.append(course);
      list.querySelector("[data-none]").hidden = true;
    }
  };
  if (list) showAll().catch(() => {});

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
    const pages = await Promise.all([start, copy].map(get));
    const texts = await Promise.all(pages.map((page) => page.clone().text()));
    const needed = texts.flatMap((text) => [
      ...parse(text).querySelectorAll("link[rel=stylesheet], link[rel=icon], script, img, use"),
    ]).map((it) => (it.getAttribute("href") || it.getAttribute("src")).split("#")[0]);
    const files = [...new Set(needed)].map(async (address) => pack(address, await get(address)));
    return Promise.all([...files, pack(start, pages[0]), pack(copy, pages[1])]);
  };

  const show = async () => {
    const page = await caches.match(copy, { ignoreVary: true });
    keepButton.hidden = Boolean(page);
    panel.querySelector("[data-all]").hidden = !page;
    removeButton.hidden = !page;
    if (!page) return say.about;
    const [name] = (await all()).filter(ofThis);
    return say.kept.replace("{day}", dayOf(page)).replace("{size}", kilobytes(await sizeKept(name)));
  };
  const keep = async () => {
    const files = await getAll();
    const sizes = await Promise.all((await all()).filter((name) => !ofThis(name)).map(sizeKept));
    const size = sum([...sizes, ...files.map((file) => file.size)]);
    if (size > most) {
      status.textContent = say.tooMuch.replace("{size}", kilobytes(size));
      return;
    }
    const worker = await navigator.serviceWorker.register("/offline.js", { scope });
    const cache = await caches.open(present);
    for (const { address, answer } of files) await cache.put(address, answer); // the copy comes last, after all it needs
    await remove((await all()).filter((name) => ofThis(name) && name !== present));
    const others = (await navigator.serviceWorker.getRegistrations()).filter((it) => it.scope !== worker.scope);
    await Promise.all(others.map((it) => it.unregister())); // earlier releases covered /courses/ alone
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
