// Stands between the pages of courses and the network, once a course is kept on this device (keep.js). Its scope is
// /courses/: exams that are open, records, accounts and certificates lie outside it and never come here. The network
// goes first; the kept copy answers when there is none, or when it says nothing for a while. What is sent, and every
// page that the copy does not hold, goes to the network as if this were not there.
"use strict";
const patience = 10000;
const held = /^(\/courses\/[^/]+(?:\/for\/[^/]+)?)(?:\/(?:(sections|tools|safety)\/([^/]+)|(whole|glossary|references)))?$/;
const anchors = { sections: "section", tools: "tool", safety: "hazard", glossary: "glossary", references: "refs" };
const named = /^\/(?:static\/|courses\/[^/]+(?:\/for\/[^/]+)?\/figures\/)/;

const kept = async (address) => {
  const packed = await caches.match(address, { ignoreVary: true });
  if (!packed) return null;
  return new Response(packed.body.pipeThrough(new DecompressionStream("gzip")), { headers: packed.headers });
};
const late = () => new Promise((_, fail) => { setTimeout(fail, patience); });

const copyIfAlone = async (request, copy, anchor) => {
  const answer = fetch(request);
  if (!(await kept(copy))) return answer;
  try {
    return await Promise.race([answer, late()]);
  } catch {
    return Response.redirect(`${copy}${anchor}`);
  }
};

addEventListener("install", () => { skipWaiting(); });
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname, search } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode !== "navigate") {
    // These addresses carry the version of what they name, so the kept one is as good as the network's.
    if (named.test(pathname)) event.respondWith(kept(url).then((file) => file || fetch(event.request)));
    return;
  }
  const [, course, kind, slug, page] = held.exec(pathname) || [];
  if (!course) return;
  const copy = `${course}/whole?kept`;
  if (page === "whole" && search === "?kept") {
    event.respondWith(kept(copy).then((file) => file || fetch(event.request)));
  } else {
    const anchor = anchors[kind || page];
    event.respondWith(copyIfAlone(event.request, copy, anchor ? `#${anchor}${slug ? `-${slug}` : ""}` : ""));
  }
});
