// The search page. In: the index that the build made of this language, fetched when there is something to search for,
// and the question in the address. Out: the list of results. Sends nothing anywhere and evaluates no code.

const root = document.getElementById("search");
const form = root.querySelector("form");
const input = form.elements.q;
const status = document.getElementById("search-status");
const results = document.getElementById("search-results");
const indexes = document.getElementById("search-indexes");

// How well a word of the question fits an entry, the best first: the same word, another form of it or a longer word
// that begins with it, and a word that has it as a part; in the title, the summary or the text.
const WHOLE = [1, 3, 5];
const FORM = [2, 4, 6];
const PART = [7, 8, 9];
const SHOWN = 5;
const PASSAGE = 220;

// --- the index ---

let loading;
export const load = () => (loading ??= fetched(root.dataset.index).then(unpack).catch((error) => { loading = undefined; throw error; }));

export async function fetched(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  return answer.json();
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));

/** Rising numbers, written as the steps between them. */
function numbers(text) {
  const list = [];
  let last = 0, step = 0, scale = 1;
  for (const digit of text) {
    const value = VALUES.get(digit);
    step += (value % 32) * scale;
    if (value >= 32) { scale *= 32; continue; }
    list.push(last += step);
    step = 0;
    scale = 1;
  }
  return list;
}

function unpack(index) {
  index.words = index.words.split(" ");
  index.postings = index.postings.split(" ");
  index.groupOf = new Map();
  let first = 0;
  for (const steps of index.groups ? index.groups.split(" ") : []) {
    const group = numbers(steps).map((at) => at + first);
    first = group[0];
    for (const at of group) index.groupOf.set(at, group);
  }
  index.numberOf = new Map(index.words.map((word, at) => [word, at]));
  index.named = new Map();
  index.entries = index.entries.map(([kind, url, title, context, id, names], at) => {
    for (const name of [title, id, ...(names ?? [])].filter(Boolean)) {
      const key = nameKey(index, name);
      index.named.set(key, [...(index.named.get(key) ?? []), at]);
    }
    return { at, kind, url, title, context: index.contexts[context], id };
  });
  index.units = new Set([...index.units, ...words(index, index.t.money).map(({ word }) => word)]);
  index.plurals = new Intl.PluralRules(index.language);
  index.partTexts = [];
  return index;
}

// --- words: as src/locale/fold.rs has them ---

function fold(index, word) {
  let folded = word.normalize("NFC").toLocaleLowerCase(index.language).replace(/[.,/–-]/g, ".");
  for (const [letter, written] of index.fold) folded = folded.replaceAll(letter, written);
  return folded.normalize("NFKD").replace(/\p{M}/gu, "");
}

const found = (index, text, pattern) =>
  [...text.matchAll(pattern)].map(({ 0: written, index: start }) => ({ word: fold(index, written), written, start, end: start + written.length })).filter(({ word }) => word);
export const parts = (index, text) => found(index, text, /[\p{L}\p{N}\p{M}]+/gu);
/** Words; numbers that one sign joins, as 13,0 or 2021-19, are one. */
export const words = (index, text) => found(index, text, /(?:[\p{L}\p{N}\p{M}]*\p{N}[.,/–-](?=\p{N}))*[\p{L}\p{N}\p{M}]+/gu);

/** Where words of the question stand in a text. */
const hits = (index, text, marked) =>
  words(index, text).flatMap((hit) =>
    marked.has(hit.word) ? [hit] : parts(index, text.slice(hit.start, hit.end)).filter(({ word }) => marked.has(word)).map(({ word, start, end }) => ({ word, start: start + hit.start, end: end + hit.start })));

/** Titles and ids as people write them: 2021-19 and 2021/19, R3.2 and r3,2, punkt 12. */
const nameKey = (index, text) => parts(index, text).map(({ word }) => word.replace(/^0+(?=\d)/, "")).join(" ");

// --- looking things up ---

/** Each word of the vocabulary that fits a word of the question, with its ranks by field. */
function fitting(index, word) {
  const fits = new Map();
  const own = index.numberOf.get(word);
  if (own !== undefined) fits.set(own, WHOLE);
  // A number fits itself alone: 20 is no beginning of 2021.
  if (/\d/.test(word)) return fits;
  const forms = index.groupOf.get(own) ?? [];
  for (const at of forms) if (!fits.has(at)) fits.set(at, FORM);
  // What the forms have in common is found inside other words as well as the word itself.
  const stem = forms.map((at) => index.words[at]).reduce(common, word);
  index.words.forEach((known, at) => {
    if (fits.has(at)) return;
    // Two letters are an abbreviation, not the beginning of a word.
    if (word.length > 2 && known.startsWith(word)) fits.set(at, FORM);
    else if ((word.length > 2 && known.includes(word)) || (stem.length > 3 && known.includes(stem))) fits.set(at, PART);
  });
  return fits;
}

/** As `fitting`, for each of several words. */
const fittingAny = (index, several) => new Map(several.flatMap((word) => [...fitting(index, word)]).sort(([, a], [, b]) => b[0] - a[0]));

/**
 * What may be meant by a word that no text has: the words at one slip of the pen; failing these, those at two and the one
 * that it is a longer form of. Of several, those that begin most like it: slips are rare at the beginning, and forms
 * of a word differ at its end.
 */
function meant(index, word) {
  if (word.length < 4 || /\d/.test(word)) return [];
  const [, once, twice = []] = similar(index, word);
  const choice = once.length ? once : [...twice, ...shortened(index, word, 4)];
  const most = Math.max(...choice.map((known) => common(known, word).length));
  return choice.filter((known) => common(known, word).length === most);
}

/** The longest word of the vocabulary that a form begins with, if its ending has at most so many letters. */
function shortened(index, word, most) {
  for (let length = word.length - 1; length >= Math.max(4, word.length - most); length--) {
    if (index.numberOf.has(word.slice(0, length))) return [word.slice(0, length)];
  }
  return [];
}

function common(a, b) {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}

/** The words that differ by one slip of the pen, and those by two if the word is long; by the number of slips. */
function similar(index, word) {
  const most = word.length > 7 ? 2 : 1;
  const near = Array.from({ length: most + 1 }, () => []);
  for (const known of index.words) {
    if (Math.abs(known.length - word.length) <= most && !/\d/.test(known)) near[distance(known, word, most)]?.push(known);
  }
  return near;
}

function distance(a, b, most) {
  let before = [], row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + !same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    if (Math.min(...next) > most) return Infinity;
    [before, row] = [row, next];
  }
  return row[b.length];
}

/** The best rank of a word of the question in each entry that has it. */
function ranked(index, fits) {
  const ranks = new Map();
  for (const [at, byField] of fits) {
    for (const posting of numbers(index.postings[at])) {
      const entry = Math.floor(posting / 3), rank = byField[posting % 3];
      if (!(ranks.get(entry) <= rank)) ranks.set(entry, rank);
    }
  }
  return ranks;
}

/** The values that an amount can have as it is written: 1.234 is a thousand or one and a bit. */
function values(index, question) {
  const [number, ...more] = question.match(/\d+(?:[.,'’\s\u00a0]\d+)*/g) ?? [];
  if (!number || more.length || words(index, question.replace(number, " ")).some(({ word }) => !index.units.has(word))) return [];
  const groups = number.split(/\D/);
  const whole = groups.slice(1).every((group) => group.length === 3) ? [groups.join("")] : [];
  const broken = groups.length > 1 && /[.,]/.test(number) ? [`${groups.slice(0, -1).join("")}.${groups.at(-1)}`.replace(/\.?0+$/, "")] : [];
  return [...whole, ...broken].map((value) => value.replace(/^0+(?=\d)/, ""));
}

/** The entries that fit a question, the best first, with the words to mark in them, each with what it was found for. */
export function find(index, question) {
  const wanted = values(index, question);
  // The unit of an amount is no word to look for.
  const asked = new Map(words(index, question).filter(({ word }) => !wanted.length || !index.units.has(word)).map(({ word, written }) => [word, written]));
  const marked = new Map(), near = [], counts = [];
  let scores;
  for (const [word, written] of asked) {
    let fits = fitting(index, word);
    const others = index.numberOf.has(word) ? [] : fits.size ? shortened(index, word, 1) : meant(index, word);
    if (others.length) {
      near.push(written);
      fits = fittingAny(index, [word, ...others]);
    }
    for (const at of fits.keys()) marked.set(index.words[at], word);
    const ranks = ranked(index, fits);
    counts.push([written, ranks.size]);
    scores = scores ? new Map([...scores].filter(([at]) => ranks.has(at)).map(([at, score]) => [at, score + ranks.get(at)])) : ranks;
  }
  scores ??= new Map();
  const money = new Map();
  for (const [value, written, at] of index.amounts) {
    if (!wanted.includes(value)) continue;
    for (const [entry, years] of at) {
      money.set(entry, `${written} (${years.map((year) => year || index.t.total).join(", ")})`);
      scores.set(entry, 0);
    }
  }
  for (const at of index.named.get(nameKey(index, question)) ?? []) scores.set(at, -1);
  const entries = [...scores].sort(([a, x], [b, y]) => x - y || a - b).map(([at, score]) => ({ ...index.entries[at], score, money: money.get(at) }));
  return { entries, marked, near, alone: asked.size > 1 ? counts.filter(([, count]) => count) : [] };
}

// --- texts ---

/** The summary and the texts of an entry: its part is fetched once. */
async function textsOf(index, at) {
  let number = index.parts.length - 1;
  while (index.parts[number][0] > at) number--;
  const [start, url] = index.parts[number];
  index.partTexts[number] ??= fetched(url).catch((error) => { index.partTexts[number] = undefined; throw error; });
  return (await index.partTexts[number])[at - start];
}

/** The paragraph that has most of the words, cut to the length of a passage. */
function passage(index, texts, marked) {
  let best;
  for (const piece of texts) {
    const [text, anchor, heading] = Array.isArray(piece) ? piece : [piece];
    for (const line of text.split("\n").filter(Boolean)) {
      best ??= { found: 0, text: line, at: 0 };
      const here = hits(index, line, marked);
      const found = new Set(here.map(({ word }) => marked.get(word))).size;
      if (found > best.found) best = { found, text: line, anchor, heading, at: here[0].start };
    }
  }
  const { text, at } = (best ??= { text: "", at: 0 });
  if (text.length <= PASSAGE * 1.3) return best;
  const from = at < PASSAGE / 2 ? 0 : text.lastIndexOf(" ", at - PASSAGE / 3) + 1;
  const space = text.lastIndexOf(" ", from + PASSAGE);
  const to = text.length - from <= PASSAGE || space <= at ? text.length : space;
  return { ...best, text: `${from ? "… " : ""}${text.slice(from, to)}${to < text.length ? " …" : ""}` };
}

// --- the page ---

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A text with the words of the question marked. */
function withMarks(index, text, marked) {
  const pieces = document.createDocumentFragment();
  let last = 0;
  for (const { start, end } of hits(index, text, marked)) {
    pieces.append(text.slice(last, start), element("mark", {}, text.slice(start, end)));
    last = end;
  }
  pieces.append(text.slice(last));
  return pieces;
}

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (place, key) => values[key] ?? place);

function item(index, entry, marked) {
  const id = entry.id ? [element("span", { class: "id" }, `${entry.id} `)] : [];
  const text = element("p", { class: "passage" });
  const made = element("li", {},
    element("p", { class: "row-title" }, element("a", { href: entry.url }, ...id, withMarks(index, entry.title, marked))),
    entry.context ? element("p", { class: "hint" }, entry.context) : undefined,
    entry.money ? element("p", { class: "passage" }, element("mark", {}, entry.money)) : undefined,
    text);
  textsOf(index, entry.at).then((texts) => {
    const shown = passage(index, texts, marked);
    if (shown.anchor) text.append(element("a", { href: `${entry.url}#${shown.anchor}` }, shown.heading), ": ");
    if (shown.text) text.append(withMarks(index, shown.text, marked));
    else text.remove();
  }, () => text.remove());
  return made;
}

function group(index, kind, entries, marked) {
  const id = `results-${index.kinds[kind]}`;
  const list = element("ul", { class: "rows" }, ...entries.slice(0, SHOWN).map((entry) => item(index, entry, marked)));
  const made = element("section", { "aria-labelledby": id },
    element("h2", { id }, index.t.kinds[index.kinds[kind]], " ", element("span", { class: "search-count" }, String(entries.length))), list);
  if (entries.length > SHOWN) {
    const more = element("button", { type: "button", class: "search-more" }, filled(index.t.all, { count: entries.length }), element("span", { class: "hidden" }, `: ${index.t.kinds[index.kinds[kind]]}`));
    more.addEventListener("click", () => {
      const rest = entries.slice(SHOWN).map((entry) => item(index, entry, marked));
      list.append(...rest);
      more.remove();
      rest[0].querySelector("a").focus();
    });
    made.append(more);
  }
  return made;
}

function show(index, question) {
  const { entries, marked, near, alone } = find(index, question);
  const kinds = new Map();
  // The kind of the best result comes first; kinds that are as good stand in their own order.
  for (const entry of entries) kinds.set(entry.kind, [...(kinds.get(entry.kind) ?? []), entry]);
  const order = [...kinds].sort(([a, [x]], [b, [y]]) => x.score - y.score || a - b);
  const count = entries.length;
  const found = index.t.found[index.plurals.select(count)] ?? index.t.found.other;
  const instead = count ? near.map((word) => filled(index.t.near, { word })) : [];
  status.textContent = [...instead, filled(count ? found : index.t.none, { count, query: question })].join(" ");
  results.replaceChildren(...order.map(([kind, list]) => group(index, kind, list, marked)));
  if (count === 0 && alone.length) {
    const links = alone.map(([word, number]) => element("li", {}, element("a", { href: `?q=${encodeURIComponent(word)}` }, word), ` (${number})`));
    results.replaceChildren(element("p", {}, index.t.alone), element("ul", { class: "dots" }, ...links));
  }
}

/** Answers what stands in the field; only the last question counts. */
let asked = 0;
async function answer() {
  const question = input.value.trim();
  const mine = ++asked;
  indexes.hidden = question !== "";
  // Another language answers the same question.
  for (const link of document.querySelectorAll("nav a[hreflang]")) link.search = location.search;
  if (!question) {
    status.textContent = "";
    results.replaceChildren();
    return;
  }
  try {
    const index = await load();
    if (mine === asked) show(index, question);
  } catch {
    if (mine !== asked) return;
    status.textContent = root.dataset.failed;
    results.replaceChildren();
    indexes.hidden = false;
  }
}

function address(change) {
  const url = new URL(location.href);
  const question = input.value.trim();
  if (question) url.searchParams.set("q", question); else url.searchParams.delete("q");
  if (url.href !== location.href) history[change](null, "", url);
}

function fromAddress() {
  input.value = new URL(location.href).searchParams.get("q") ?? "";
  answer();
}

let waiting;
input.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => { address("replaceState"); answer(); }, 150);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  address("pushState");
  answer();
});
addEventListener("popstate", fromAddress);
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const at = document.activeElement;
  if (event.key === "Escape" && root.contains(at)) {
    event.preventDefault();
    clearTimeout(waiting);
    input.value = "";
    address("replaceState");
    answer();
    input.focus();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && root.contains(at)) {
    const stops = [input, ...results.querySelectorAll(".row-title a")];
    // From a link inside a passage or a button the way goes on from the result before it.
    const here = stops.findLastIndex((stop) => stop === at || stop.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING);
    const next = stops[here + (event.key === "ArrowDown" ? 1 : at === stops[here] ? -1 : 0)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
});

document.getElementById("search-hint").textContent = root.dataset.hint;
fromAddress();
