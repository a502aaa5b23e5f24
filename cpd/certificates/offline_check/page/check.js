// Checks certificates in this page alone: nothing is sent, and no address is opened. What it finds is what
// rules/record.py finds; the tests give both the same records.
(() => {
  "use strict";
  const { keys, words, labels, technical } = JSON.parse(document.getElementById("data").textContent);
  const HEADING = "cpd certificate 1";
  const WHOLE = "snapshot";
  const WITHHELD = "licences";
  const MOST_BYTES = 2 * 1024 * 1024;
  const MOST_RECORD_BYTES = 64 * 1024;
  const encoder = new TextEncoder();

  class Unreadable extends Error {}

  // Bytes and hashes

  const decodeBase64url = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

  const hash = async (text) => {
    const digest = await crypto.subtle.digest("SHA-256", encoder.encode(text));
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  const importKey = (text) => crypto.subtle.importKey("raw", decodeBase64url(text), "Ed25519", false, ["verify"]);

  const compareCodePoints = (one, other) => {
    const [left, right] = [[...one], [...other]];
    const place = left.findIndex((sign, at) => sign !== right[at]);
    if (place < 0) return left.length - right.length;
    return place < right.length ? left[place].codePointAt(0) - right[place].codePointAt(0) : 1;
  };

  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  // The canonical form: sorted keys, no spaces, no fractions, no half surrogate pairs.
  const encodeJson = (value) => {
    if (Array.isArray(value)) return `[${value.map(encodeJson).join(",")}]`;
    if (isObject(value)) {
      const names = Object.keys(value).sort(compareCodePoints);
      return `{${names.map((name) => `${encodeJson(name)}:${encodeJson(value[name])}`).join(",")}}`;
    }
    if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Unreadable();
    if (typeof value === "string" && /\p{Surrogate}/u.test(value)) throw new Unreadable();
    return JSON.stringify(value);
  };

  // Files

  const parseRecord = (text) => {
    if (encoder.encode(text).length > MOST_RECORD_BYTES) throw new Unreadable(words.no_record);
    let data;
    try {
      data = JSON.parse(text);
    } catch {
      throw new Unreadable(words.no_record);
    }
    const parts = ["snapshot", "manifest", "signature", "key_id"];
    const isText = (part) => typeof part === "string" && !/\p{Surrogate}/u.test(part);
    if (!isObject(data) || data.form !== HEADING || !parts.every((part) => isText(data[part])))
      throw new Unreadable(words.no_record);
    return data;
  };

  const inflate = async (bytes) => {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const reader = stream.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text;
      text += decoder.decode(value, { stream: true });
      if (text.length > MOST_RECORD_BYTES || !/^\s*({|$)/.test(text)) return "";
    }
  };

  // A PDF keeps the record in one of its streams, as it is or compressed.
  const findRecordInPdf = async (bytes) => {
    const body = new TextDecoder("latin1").decode(bytes);
    const found = new Set();
    for (const start of body.matchAll(/stream\r?\n/g)) {
      if (body.slice(start.index - 3, start.index) === "end") continue;
      const from = start.index + start[0].length;
      const to = body.indexOf("endstream", from);
      for (const end of [to, to - 1, to - 2]) {
        const content = bytes.subarray(from, end);
        const text = await inflate(content).catch(() => new TextDecoder().decode(content));
        if (!text.trimStart().startsWith("{")) continue;
        try {
          found.add(JSON.stringify(parseRecord(text.trimEnd())));
          break;
        } catch (fault) {
          if (!(fault instanceof Unreadable)) throw fault;
        }
      }
    }
    if (found.size !== 1) throw new Unreadable(words.no_record);
    return JSON.parse([...found][0]);
  };

  const findRecordInPng = (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
      const chunk = new TextDecoder().decode(bytes.subarray(at + 4, at + 8 + view.getUint32(at)));
      const place = chunk.indexOf('{"form":');
      if (chunk.startsWith("iTXt") && place >= 0) return parseRecord(chunk.slice(place));
    }
    throw new Unreadable(words.no_record);
  };

  const readRecord = async (file) => {
    if (file.size > MOST_BYTES) throw new Unreadable(words.too_large);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const head = new TextDecoder("latin1").decode(bytes.subarray(0, 1024)).trimStart();
    if (head.startsWith("%PDF-")) return { record: await findRecordInPdf(bytes), isBare: false };
    if (head.slice(1, 4) === "PNG") return { record: findRecordInPng(bytes), isBare: false };
    return { record: parseRecord(new TextDecoder().decode(bytes)), isBare: true };
  };

  // What was found

  const parseManifest = (text) => {
    const [heading, ...lines] = text.replace(/\n$/, "").split("\n");
    if (heading !== HEADING || lines.some((line) => line.split(" ").length !== 2)) return new Map();
    return new Map(lines.map((line) => line.split(" ")));
  };

  const parseFacts = (record) => {
    try {
      const facts = JSON.parse(record.snapshot);
      return isObject(facts) ? facts : null;
    } catch {
      return null;
    }
  };

  const isWithheld = (record, facts) => parseManifest(record.manifest).has(WITHHELD) && !Object.hasOwn(facts, WITHHELD);

  const findChanges = async (record, facts) => {
    if (facts === null) return [WHOLE];
    const signed = parseManifest(record.manifest);
    const withheld = isWithheld(record, facts);
    let whole;
    const digests = new Map();
    try {
      for (const [name, fact] of Object.entries(facts)) digests.set(name, await hash(encodeJson(fact)));
      whole = withheld ? record.snapshot === encodeJson(facts) : signed.get(WHOLE) === (await hash(record.snapshot));
    } catch (fault) {
      if (fault instanceof Unreadable || fault instanceof RangeError) return [WHOLE];
      throw fault;
    }
    const names = new Set([...signed.keys()].filter((name) => name !== WHOLE && !(withheld && name === WITHHELD)));
    digests.forEach((_, name) => names.add(name));
    const differing = [...names].filter((name) => signed.get(name) !== digests.get(name)).sort(compareCodePoints);
    return differing.length > 0 || whole ? differing : [WHOLE];
  };

  const isSigned = async (record, key) => {
    try {
      const signature = decodeBase64url(record.signature);
      return await crypto.subtle.verify("Ed25519", await importKey(key), signature, encoder.encode(record.manifest));
    } catch {
      return false;
    }
  };

  const judge = async (record, facts) => {
    const changed = await findChanges(record, facts);
    const key = keys.find((one) => one.key_id === record.key_id);
    if (!key) return { finding: "unknown_key", changed };
    if (!(await isSigned(record, key.public_key))) return { finding: "forged", changed };
    return { finding: changed.length > 0 ? "changed" : "genuine", changed };
  };

  // The facts as they are printed; rules/printed_facts.py has the same words

  const MONTHS =
    "January February March April May June July August September October November December".split(" ");
  const formatDay = (year, month, day) => {
    if (!(month - 1 in MONTHS)) throw new Unreadable();
    return `${day} ${MONTHS[month - 1]} ${year}`;
  };
  const formatDate = (text) => formatDay(...text.split("-").map(Number));
  const formatMinute = (text) => {
    const at = new Date(text);
    const time = [at.getUTCHours(), at.getUTCMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
    return `${formatDay(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate())}, ${time} UTC`;
  };
  const formatPercent = ({ earned, possible }) => `${Math.floor((100 * earned) / possible)}%`;
  const formatScore = (score) => {
    const marks = score.earned === score.possible ? "full marks" : `${score.earned}/${score.possible} of full marks`;
    return `${formatPercent(score)} (${marks})`;
  };
  const formatAuthors = (authors) =>
    authors
      .map(({ name, credentials, role }) => [name, credentials].filter(Boolean).join(", ") + (role ? ` (${role})` : ""))
      .join("; ");
  const formatCorrection = (corrects) => {
    const names = { name: "the name", licences: "the license" };
    const what = [...corrects.facts].sort().reverse().map((fact) => names[fact]).join(" and ");
    return `${what[0].toUpperCase()}${what.slice(1)}; first issued on ${formatMinute(corrects.first_issued_at)}`;
  };
  const formatWorksheet = ({ computed, hash: digest }, facts) =>
    `${computed ? `${computed} ${facts.credit.unit} computed; ` : ""}SHA-256 ${digest}`;
  const splitCode = (code) => [...Array(5).keys()].map((at) => code.slice(5 * at, 5 * at + 5)).concat(code.slice(25)).join("-");
  const PRINTED = {
    provider: (fact) => fact.name,
    contact: (_, facts) => facts.provider.contact,
    licences: (fact) => fact.held.map(({ authority, number }) => `${authority}: ${number}`).join("; "),
    credit: (fact) => ("unit" in fact ? fact.reason : `Credit: ${fact.amount}. ${fact.reason}`),
    issued_for: (fact) => fact.name || "",
    completed: (fact) => `${formatDate(fact.on)} (${fact.zone})`,
    score: formatScore,
    pass_mark: formatPercent,
    reading: (fact) => fact.arithmetic,
    subjects: (fact) => fact.join("; "),
    authors: (fact, facts) => ("instructor" in facts ? "" : formatAuthors(fact)),
    instructor: formatAuthors,
    signatories: (fact) => fact.map(({ name, title }) => [name, title].filter(Boolean).join(", ")).join("; "),
    version: (fact) => `${fact.number}, of ${formatDate(fact.published_on)} (${fact.id})`,
    language: (fact) => fact.name,
    corrects: formatCorrection,
    worksheet: formatWorksheet,
    approvals: (fact) => fact.join(", "),
    issued_at: formatMinute,
    code: splitCode,
    authority: () => "",
    schema: () => "",
  };

  // A fact that this page does not know, or that makes no sense, is shown as it is.
  const printFact = (name, facts) => {
    const fact = facts[name];
    try {
      const printed = Object.hasOwn(PRINTED, name) ? PRINTED[name](fact, facts) : fact;
      if (typeof printed === "string") return printed;
    } catch {
      // shown below
    }
    return JSON.stringify(fact);
  };

  const printFacts = (facts) => {
    const names = [...Object.keys(facts), ...(isObject(facts.provider) ? ["contact"] : [])];
    const known = Object.keys(labels);
    const rank = (name) => (known.includes(name) ? known.indexOf(name) : known.length) + (technical.includes(name) ? 1000 : 0);
    return names
      .sort((one, other) => rank(one) - rank(other))
      .map((name) => [name, printFact(name, facts)])
      .filter(([, text]) => text);
  };

  // The page

  const add = (parent, tag, text = "", className = "") => {
    const element = document.createElement(tag);
    element.textContent = text;
    if (className) element.className = className;
    parent.append(element);
    return element;
  };

  const addPair = (list, name, term, text, className = "") => {
    const pair = add(list, "div");
    pair.dataset.fact = name;
    add(pair, "dt", term);
    add(pair, "dd", text, className).dir = "auto";
  };

  const addFinding = (article, kind, sentence, advice) => {
    const note = add(article, "div", "", `finding ${kind}`);
    add(note, "b", sentence);
    for (const text of advice) add(note, "p", text);
  };

  const describe = (finding, isBare) => {
    if (finding !== "genuine") return [finding === "unknown_key" ? "" : "bad", words[finding], [words[`${finding}_advice`]]];
    return ["good", isBare ? words.genuine_record : words.genuine_file, [words.compare, words.state_unknown]];
  };

  const addResult = (article, { record, isBare }, facts, { finding, changed }) => {
    article.dataset.finding = finding;
    article.dataset.changed = changed.join(" ");
    addFinding(article, ...describe(finding, isBare));
    const label = (name) => (Object.hasOwn(labels, name) ? labels[name] : name);
    if (changed.length > 0) add(article, "p", `${words.differing} ${changed.map(label).join(", ")}.`);
    const list = add(article, "dl");
    for (const [name, text] of printFacts(facts || {})) addPair(list, name, label(name), text);
    if (facts && isWithheld(record, facts)) addPair(list, "", label(WITHHELD), words.withheld);
    const key = keys.find((one) => one.key_id === record.key_id);
    if (key) addPair(list, "", words.fingerprint, key.fingerprint, "code");
  };

  const checkFile = async (file) => {
    const article = document.createElement("article");
    add(article, "h2", file.name);
    try {
      const found = await readRecord(file);
      const facts = parseFacts(found.record);
      addResult(article, found, facts, await judge(found.record, facts));
    } catch (fault) {
      if (!(fault instanceof Unreadable)) throw fault;
      article.dataset.finding = "unreadable";
      addFinding(article, "", words.not_checked, [fault.message]);
    }
    return article;
  };

  const form = document.getElementById("form");
  const input = document.getElementById("files");

  const checkFiles = async () => {
    const articles = [];
    for (const file of input.files) articles.push(await checkFile(file));
    document.getElementById("results").replaceChildren(...articles);
  };

  const start = async () => {
    try {
      await importKey(keys[0].public_key);
    } catch {
      document.getElementById("unable").hidden = false;
      return;
    }
    form.hidden = false;
    input.addEventListener("change", checkFiles);
    for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());
    addEventListener("dragover", () => form.classList.add("over"));
    addEventListener("dragleave", () => form.classList.remove("over"));
    addEventListener("drop", (event) => {
      form.classList.remove("over");
      input.files = event.dataTransfer.files;
      checkFiles();
    });
    document.body.dataset.ready = "";
  };

  start();
})();
