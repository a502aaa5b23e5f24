// Serves course pages once a course is kept on this device (keep.js). The network is tried first; the kept copy answers
// if there is no network, or if it does not respond for a while. The pages that people open the site with are then
// answered with a page that lists what is kept. Forms, exams, accounts, certificates and every other page that is not
// in the copy go to the network as if this script did not exist.
"use strict";
const patience = 10000;
const coursePage = /^(\/courses\/[^/]+(?:\/for\/[^/]+)?)(?:\/(?:(sections|tools|safety)\/([^/]+)|(whole|glossary|references|outline)))?$/;
const startPage = /^\/(?:record|courses|kept)?$/;
const start = "/kept";
const anchors = { sections: "section", tools: "tool", safety: "hazard", glossary: "glossary", references: "refs", outline: "contents" };
const versioned = /^\/(?:static\/|media\/|courses\/[^/]+(?:\/for\/[^/]+)?\/figures\/)/;

const kept = async (address) => {
  const packed = await caches.match(address, { ignoreVary: true });
  if (!packed) return null;
  return new Response(packed.body.pipeThrough(new DecompressionStream("gzip")), { headers: packed.headers });
};
const late = () => new Promise((_, fail) => { setTimeout(fail, patience); });

// Answers from the network, or otherwise with what `instead` makes of the kept page.
const keptIfAlone = async (request, address, instead) => {
  const answer = fetch(request);
  const page = await kept(address);
  if (!page) return answer;
  try {
    return await Promise.race([answer, late()]);
  } catch {
    return instead(page);
  }
};

addEventListener("install", () => { skipWaiting(); });
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname, search } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode !== "navigate") {
    // These addresses contain the version of the file, so the kept file equals the network's.
    if (versioned.test(pathname)) event.respondWith(kept(url).then((file) => file || fetch(event.request)));
    return;
  }
  if (startPage.test(pathname)) {
    event.respondWith(keptIfAlone(event.request, start, (page) => page));
    return;
  }
  const [, course, kind, slug, page] = coursePage.exec(pathname) || [];
  if (!course) return;
  const copy = `${course}/whole?kept`;
  if (page === "whole" && search === "?kept") {
    event.respondWith(kept(copy).then((file) => file || fetch(event.request)));
  } else {
    const anchor = anchors[kind || page];
    const place = anchor ? `#${anchor}${slug ? `-${slug}` : ""}` : "";
    event.respondWith(keptIfAlone(event.request, copy, () => Response.redirect(`${copy}${place}`)));
  }
});
