// The preview in the browser: shows anew what was saved, says what is wrong, opens files in the editor.
// Loaded by the one element that the server adds to a page; nothing of it is published.
"use strict";
(() => {
  const own = document.currentScript;
  const path = location.pathname;
  const KEPT = "sporbar-kept", FOLDED = "sporbar-folded", FOLLOWS = "sporbar-follows", UNFOLDED = "sporbar-unfolded", TOLD = "sporbar-told";
  let shape = own.dataset.page, first = true, asking = null, leaving = false;

  // --- memory of this browser; where it may not remember, it forgets ---
  const remember = (store, key, value) => { try { if (value === null) store.removeItem(key); else store.setItem(key, value); } catch { /* forgotten */ } };
  const recall = (store, key) => { try { return store.getItem(key); } catch { return null; } };
  const session = () => { try { return sessionStorage; } catch { return null; } };
  const local = () => { try { return localStorage; } catch { return null; } };

  // What was saved while the browser was on its way here is in this page, and yet news: it was not told of it before it left.
  let epoch = recall(session(), TOLD) ?? own.dataset.epoch;
  remember(session(), TOLD, null);

  // --- where the reader was, over a reload ---
  function keep() {
    const open = [...document.querySelectorAll("details")].map((details) => details.open);
    remember(session(), KEPT, JSON.stringify({ path, open, x: scrollX, y: scrollY }));
  }
  function restore() {
    const kept = recall(session(), KEPT);
    remember(session(), KEPT, null);
    if (!kept) return;
    const before = JSON.parse(kept);
    if (before.path !== path) return;
    history.scrollRestoration = "manual";
    document.querySelectorAll("details").forEach((details, at) => { if (at in before.open) details.open = before.open[at]; });
    const back = () => scrollTo({ left: before.x, top: before.y, behavior: "instant" });
    back();
    addEventListener("load", () => { back(); history.scrollRestoration = "auto"; }, { once: true });
  }

  // --- what the page is, and becomes ---
  // One limit for pages and news, longer than the server keeps a question open; looking away ends both.
  const question = (address) => fetch(address, { cache: "no-store", signal: AbortSignal.any([asking.signal, AbortSignal.timeout(40000)]) });
  // Scripts that run once for a page, and those that last: they see for themselves when another is put in its place.
  const scripts = (page, last) => [...page.querySelectorAll("script[src]")].filter((script) => !script.dataset.epoch && "lasts" in script.dataset === last);
  const lasting = (page) => scripts(page, true).map((script) => script.getAttribute("src")).join();
  // Puts the new page in the place of the old one without leaving it, which takes half the time. A page whose scripts have to
  // run again or whose address names a place in it is left to the browser.
  async function renewed() {
    if (location.hash || scripts(document, false).length) return false;
    const answer = await question(location.href);
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const mark = next.querySelector("script[data-epoch]");
    if (!mark || scripts(next, false).length || lasting(next) !== lasting(document)) return false;
    const open = [...document.querySelectorAll("details")].map((details) => details.open), place = [scrollX, scrollY];
    const isStyle = (element) => element.matches?.("link[rel~=stylesheet]");
    // Styles have a way of their own: they must not be gone for a moment.
    for (const element of [...document.head.childNodes]) if (!isStyle(element)) element.remove();
    document.head.append(...[...next.head.childNodes].filter((element) => !isStyle(element)));
    for (const [now, then] of [[document.documentElement, next.documentElement], [document.body, next.body]]) {
      for (const { name } of [...now.attributes]) now.removeAttribute(name);
      for (const { name, value } of then.attributes) now.setAttribute(name, value);
    }
    mark.remove();
    document.body.replaceChildren(...next.body.childNodes, host);
    document.querySelectorAll("details").forEach((details, at) => { if (at in open) details.open = open[at]; });
    scrollTo({ left: place[0], top: place[1], behavior: "instant" });
    shape = mark.dataset.page;
    return true;
  }
  function leave(told, go) {
    leaving = true;
    remember(session(), TOLD, told);
    go();
  }
  function restyle(styles) {
    for (const link of document.querySelectorAll("link[rel~=stylesheet]")) {
      const [, stem] = new URL(link.href).pathname.match(/^(.*)\.[0-9a-f]+\.css$/) ?? [];
      const wanted = stem && styles[stem];
      if (!wanted || wanted === link.getAttribute("href")) continue;
      // The old style stays until the new one is there, so that nothing flashes.
      const next = link.cloneNode();
      next.href = wanted;
      next.addEventListener("load", () => link.remove(), { once: true });
      next.addEventListener("error", () => next.remove(), { once: true });
      link.after(next);
    }
  }
  async function take(news) {
    const changed = news.epoch !== epoch;
    if (changed && news.saved && recall(local(), FOLLOWS) !== "no") {
      // Whoever comes back to this page is not sent on once more.
      epoch = news.epoch;
      return leave(epoch, () => location.assign(news.saved));
    }
    if (news.page !== shape && !await renewed()) return leave(news.epoch, () => { keep(); location.reload(); });
    epoch = news.epoch;
    restyle(news.styles);
    show(news);
  }

  // --- questions for news: again after sleep, a restart or a time in the background ---
  async function ask() {
    let pause = 100;
    while (!leaving && !document.hidden) {
      asking = new AbortController();
      try {
        const query = `path=${encodeURIComponent(path)}&epoch=${first ? "" : encodeURIComponent(epoch)}`;
        const answer = await question(`/_sporbar/news?${query}`);
        if (!answer.ok) throw new Error(`answered ${answer.status}`);
        const news = await answer.json();
        first = false;
        pause = 100;
        await take(news);
      } catch {
        if (asking.signal.aborted || leaving) break;
        waiting();
        await new Promise((ready) => setTimeout(ready, pause));
        pause = Math.min(pause * 2, 2000);
      }
    }
    asking = null;
    // Whoever looked away and back before this ended was not heard.
    resume();
  }
  function resume() {
    if (document.hidden) return asking?.abort();
    if (!asking && !leaving) ask();
  }

  // --- the bar and the faults ---
  const host = document.createElement("sporbar-preview");
  host.lang = "en";
  host.hidden = true;
  const root = host.attachShadow({ mode: "open" });
  const sheet = make("link", { rel: "stylesheet", href: "/_sporbar/preview.css" });
  sheet.addEventListener("load", () => { host.hidden = false; }, { once: true });
  const alert = make("div", { className: "alert", role: "alert" });
  const place = make("div", { className: "place" });
  root.append(sheet, alert, place);

  function make(name, values = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(values)) {
      if (key in element && key !== "role") element[key] = value; else element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }
  const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
  const opener = (link, text) => (link ? make("a", { href: link, className: "open" }, text) : make("span", {}, text));

  // What stands between backticks in a message is set as code.
  const worded = (text) => text.split("`").map((part, at, parts) => (at % 2 && at < parts.length - 1 ? make("code", {}, part) : at % 2 ? `\`${part}` : part));

  function fault(one) {
    return make("li", { className: one.severity },
      make("p", { className: "message" }, ...worded(one.message), " ", make("span", { className: "code" }, `${one.severity} ${one.code}`)),
      opener(one.link, `${one.file}:${one.line}:${one.column}`),
      one.excerpt ? make("pre", { tabIndex: 0, role: "group", "aria-label": "The place in the file" }, one.excerpt) : null,
      one.help ? make("p", { className: "help" }, ...worded(one.help)) : null);
  }
  function faultList(faults, more) {
    const list = make("ol", { className: "faults" }, ...faults.map(fault));
    if (more > 0) list.append(make("li", {}, `… and ${more} more; the terminal of sporbar check lists them all`));
    return list;
  }

  let shownAs = "";
  function show(news) {
    const told = JSON.stringify({ ...news, epoch: "" });
    if (told === shownAs) return;
    shownAs = told;
    const focused = root.activeElement?.dataset.key;
    place.replaceChildren(...[overlay(news), bar(news)].filter(Boolean));
    const message = news.trouble ?? (news.good ? "" : (news.summary ?? ""));
    if (alert.textContent !== message) alert.textContent = message;
    if (focused) root.querySelector(`[data-key="${focused}"]`)?.focus();
  }

  function overlay(news) {
    if (news.good && !news.trouble) { remember(session(), FOLDED, null); return null; }
    const errors = news.faults.filter((one) => one.error).length;
    // What was folded away comes back when it says something else.
    const identity = JSON.stringify([news.trouble, news.faults.map((one) => [one.message, one.excerpt])]);
    const folded = recall(session(), FOLDED) === identity;
    const title = news.trouble ? "The site cannot be made" : `${count(errors, "error")}${news.more ? " and more" : ""}`;
    const list = make("div", { className: "list", id: "list", hidden: folded },
      news.trouble ? make("p", {}, news.trouble) : null,
      faultList(news.faults, news.more));
    const button = make("button", { type: "button", "aria-expanded": String(!folded), "aria-controls": "list" }, folded ? "Show" : "Fold away");
    button.dataset.key = "fold";
    const turn = (fold) => {
      list.hidden = fold;
      button.textContent = fold ? "Show" : "Fold away";
      button.setAttribute("aria-expanded", String(!fold));
      remember(session(), FOLDED, fold ? identity : null);
    };
    button.addEventListener("click", () => turn(!list.hidden));
    const section = make("section", { className: "overlay", "aria-labelledby": "title" },
      make("header", {}, make("h2", { id: "title" }, title), make("p", {}, news.trouble ? "The last site stays." : news.stale ? "The site is shown as it was without errors." : "The site is shown as far as it can be."), button), list);
    section.addEventListener("keydown", (event) => { if (event.key === "Escape") { turn(true); button.focus(); } });
    return section;
  }

  function bar(news) {
    const warnings = news.faults.filter((one) => !one.error);
    const marks = [];
    if (news.outdated) marks.push("translation out of date");
    const missing = news.translations.filter((one) => one.error).length;
    if (missing) marks.push(`${count(missing, "text")} not in step`);
    else if (news.translations.length && !news.outdated) marks.push("translation not confirmed");
    const details = make("details", { className: "bar", open: recall(session(), UNFOLDED) === "yes" });
    details.addEventListener("toggle", () => remember(session(), UNFOLDED, details.open ? "yes" : null));
    const summary = make("summary", {}, make("span", { className: "name" }, "Preview"),
      ...marks.map((mark) => make("span", { className: "mark" }, mark)),
      warnings.length ? make("span", { className: "count" }, count(warnings.length, "warning")) : null);
    summary.dataset.key = "bar";
    const follows = make("input", { type: "checkbox", id: "follows", checked: recall(local(), FOLLOWS) !== "no" });
    follows.dataset.key = "follows";
    follows.addEventListener("change", () => remember(local(), FOLLOWS, follows.checked ? null : "no"));
    const others = warnings.filter((one) => !news.translations.some((known) => JSON.stringify(known) === JSON.stringify(one)));
    const files = news.files.map((one) => make("li", {}, one.link ? opener(one.link, one.file) : one.file));
    const panel = make("div", { className: "panel" },
      make("h2", {}, files.length ? "This page is made from" : "No record or chapter is behind this page"),
      files.length ? make("ul", { className: "files" }, ...files) : null,
      news.translations.length ? make("h2", {}, "Its translations") : null,
      news.translations.length ? faultList(news.translations, 0) : null,
      others.length ? make("h2", {}, others.length < warnings.length ? "Other warnings and notes" : "Warnings and notes") : null,
      others.length ? faultList(others, news.good ? news.more : 0) : null,
      make("p", {}, make("label", {}, follows, " Go to the page of the file that was saved")));
    details.append(summary, panel);
    return details;
  }

  function waiting() {
    if (alert.textContent === "The preview does not answer; this page waits for it.") return;
    alert.textContent = "The preview does not answer; this page waits for it.";
    place.replaceChildren(make("p", { className: "bar waiting" }, alert.textContent));
    shownAs = "";
  }

  document.body.append(host);
  restore();
  document.addEventListener("visibilitychange", resume);
  addEventListener("pagehide", () => asking?.abort());
  addEventListener("pageshow", (event) => { if (event.persisted) { leaving = false; first = true; resume(); } });
  resume();
})();
