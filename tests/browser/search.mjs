// Searches the built site as a reader does. In: the address of the site, a browser, and a function that reports a check.
import { accessible } from "./visit.mjs";

// What a question must find: the first kind and the first result in it, and results that must be somewhere.
const questions = [
  ["da/soeg", "2021-19", { first: ["Initiativer", "2021-19"] }],
  ["da/soeg", "2021/19", { first: ["Initiativer", "2021-19"] }],
  ["da/soeg", "2024-5", { first: ["Initiativer", "2024-05"] }],
  ["da/soeg", "r3.2", { first: ["Anbefalinger og forslag", "R3.2"] }],
  ["da/soeg", "anbefaling 3", { first: ["Anbefalinger og forslag", "R3 "] }],
  ["da/soeg", "Recommendation R3", { first: ["Anbefalinger og forslag", "R3 "] }],
  ["da/soeg", "R3", { first: ["Anbefalinger og forslag", "R3 "] }],
  ["da/soeg", "punkt 12", { first: ["Punkter", "Punkt 12"] }],
  ["da/soeg", "initiativ 7", { first: ["Initiativer", "2021-07"] }],
  ["da/soeg", "anbefaling 3.2", { first: ["Anbefalinger og forslag", "R3.2"] }],
  ["da/soeg", "tidslinje", { first: ["Kapitler, cases og bokse", "Tidslinje"] }],
  ["en/search", "Sundhedsdatastyrelsen", { first: ["Actors", "Danish Health Data Authority"] }],
  ["da/soeg", "point 12", { first: ["Punkter", "Punkt 12"] }],
  ["en/search", "point 12", { first: ["Points", "Point 12"] }],
  ["en/search", "punkt 12", { first: ["Points", "Point 12"] }],
  ["da/soeg", "67,2", { first: ["Initiativer", "2024-18"], shows: "67,2 mio. kr. (i alt)" }],
  ["da/soeg", "5,8 mio. kr.", { first: ["Initiativer", "2021-37"], shows: "5,8 mio. kr. (2022, 2023)" }],
  ["da/soeg", "13,0 mio. kr.", { first: ["Strategier og temaer", "Danmark som udstillingsvindue"], shows: "13,0 mio. kr. (2021)" }],
  ["da/soeg", "13.0", { first: ["Strategier og temaer", "Danmark som udstillingsvindue"], shows: "13,0 mio. kr. (2021)" }],
  ["en/search", "DKK 13 million", { first: ["Strategies and themes", "Denmark as a showcase"], shows: "DKK 13.0 million (2021)" }],
  // Forms, compounds and spellings of a word.
  ["da/soeg", "forsøg", { first: ["Initiativer", "2021-04"], marks: ["forsøg", "forsøget", "lægemiddelforsøg"] }],
  ["da/soeg", "forsoeg", { first: ["Initiativer", "2021-04"], marks: ["lægemiddelforsøg"] }],
  ["da/soeg", "FORSØGENE", { marks: ["forsøg", "lægemiddelforsøg"] }],
  ["da/soeg", "data", { marks: ["data", "sundhedsdata"] }],
  ["da/soeg", "sundhedsdataen", { marks: ["sundhedsdata"] }],
  ["da/soeg", "virksomhedernes", { marks: ["virksomheder"] }],
  ["da/soeg", "laegemiddelforsoeg", { marks: ["lægemiddelforsøg"] }],
  ["da/soeg", "Ålborg", { first: ["Aktører", "Aalborg"] }],
  ["da/soeg", "forsog", { says: "Ordet »forsog« findes ikke", marks: ["forsøg"] }],
  // The reader's words are shown as the reader wrote them.
  ["da/soeg", "lægemidelstyrelsen", { says: "Ordet »lægemidelstyrelsen« findes ikke", marks: ["Lægemiddelstyrelsen"] }],
  ["da/soeg", "Ældreplejen fantomskat", { says: "Ingen resultater", offers: ["Ældreplejen", "fantomskat"] }],
  ["en/search", "trial", { marks: ["trial", "trials"] }],
  ["en/search", "laegemiddelstyrelsen", { marks: ["Lægemiddelstyrelsen"] }],
  // What is called so comes before what mentions it.
  ["da/soeg", "Healthcare Denmark", { first: ["Aktører", "Healthcare Denmark"] }],
  ["en/search", "trial nation", { first: ["Actors", "Trial Nation"] }],
  ["da/soeg", "life science raadet", { first: ["Aktører", "Life Science Rådet"] }],
  // All words must be there.
  ["da/soeg", "universitet kommune robot", { says: "Ingen resultater", offers: ["universitet", "kommune", "robot"] }],
  ["da/soeg", "xyzzy", { says: "Ingen resultater for »xyzzy«" }],
  ["da/soeg", "<img src=x onerror=alert(1)>", { says: "Ingen resultater for »<img src=x onerror=alert(1)>«" }],
];

// A word that is misspelt finds what the right one finds, and says so.
const misspelt = [
  ["da/soeg", "sundhedsdta", "sundhedsdata"],
  ["da/soeg", "erhvervsministeret", "Erhvervsministeriet"],
  ["da/soeg", "vækstteem", "vækstteam"],
  // Two slips in a long word, and an ending that no text has.
  ["da/soeg", "lægemidelstyrelsn", "Lægemiddelstyrelsen"],
  ["da/soeg", "sundhedsdataen", "sundhedsdata"],
  // The beginning of compounds, and a form of their first word.
  ["da/soeg", "sundheds", "sundhed"],
  ["en/search", "healthcaer", "healthcare"],
];

async function ask(page, base, place, question) {
  await page.goto(`${base}/${place}/?q=${encodeURIComponent(question)}`);
  return settled(page, question);
}

/** What is on the page when the answer to a question and all its passages are there. */
async function settled(page, question) {
  await page.waitForFunction((asked) => document.getElementById("search-status").textContent.includes(asked), question);
  await page.waitForFunction(() => !document.querySelector("#search-results .passage:empty"));
  return page.evaluate(() => ({
    says: document.getElementById("search-status").textContent,
    offers: [...document.querySelectorAll("#search-results > ul a")].map((link) => link.textContent),
    groups: [...document.querySelectorAll("#search-results section")].map((section) => ({
      kind: section.querySelector("h2").firstChild.textContent,
      count: section.querySelector(".search-count").textContent,
      items: [...section.querySelectorAll("li")].map((item) => ({ title: item.querySelector("a").textContent, text: item.textContent.replaceAll("\u00a0", " "), marks: [...item.querySelectorAll("mark")].map((mark) => mark.textContent) })),
    })),
  }));
}

function fault({ says, offers, groups }, wanted) {
  const items = groups.flatMap((group) => group.items);
  const marks = new Set(items.flatMap((item) => item.marks));
  if (wanted.first) {
    const [kind, title] = wanted.first;
    if (groups[0]?.kind !== kind || !groups[0].items[0].title.startsWith(title)) return `first is ${groups[0]?.kind}: ${groups[0]?.items[0].title}`;
  }
  if (wanted.shows && !items[0].text.includes(wanted.shows)) return `the first result says ${items[0].text}`;
  if (wanted.says && !says.includes(wanted.says)) return `says ${says}`;
  const missing = (wanted.marks ?? []).filter((word) => !marks.has(word));
  if (missing.length) return `does not mark ${missing.join(", ")}, but ${[...marks].join(", ")}`;
  const lacking = (wanted.offers ?? []).filter((word) => !offers.includes(word));
  if (lacking.length) return `does not offer ${lacking.join(", ")}, but ${offers.join(", ")}`;
  return "";
}

export async function search(base, browser, check) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("dialog", (dialog) => { faults.push(`a dialog says ${dialog.message()}`); dialog.dismiss(); });
  for (const [place, question, wanted] of questions) check(`searching for ${question} in ${place}`, fault(await ask(page, base, place, question), wanted));
  for (const [place, wrong, right] of misspelt) {
    const counts = ({ groups }) => groups.map(({ kind, count }) => `${kind}${count}`).sort().join(", ");
    const [meant, seen] = [await ask(page, base, place, right), await ask(page, base, place, wrong)];
    const found = counts(seen) === counts(meant) ? "" : `${counts(seen)}, not ${counts(meant)}`;
    check(`${wrong} in ${place} is taken for ${right}`, found || (seen.says.split(wrong).length === 3 ? "" : `says ${seen.says}`));
  }
  const pair = await ask(page, base, "da/soeg", "sundhedsdta fantomskat");
  check("what is not shown is not announced", pair.says.startsWith("Ingen resultater") && pair.offers.join() === "sundhedsdta,fantomskat" ? "" : `${pair.says} ${pair.offers}`);

  // The script and the program agree on what a word is: every word of every text is in the index.
  for (const place of ["da/soeg", "en/search"]) {
    await page.goto(`${base}/${place}/`);
    const unknown = await page.evaluate(async () => {
      const { load, fetched, words, parts } = await import(document.querySelector("script[type=module]").src);
      const index = await load();
      const texts = (await Promise.all(index.parts.map(([, url]) => fetched(url)))).flat(2).flatMap((piece) => (Array.isArray(piece) ? [piece[0], piece[2]] : [piece]));
      const all = [...texts, ...index.entries.map((entry) => entry.title)];
      return [...new Set(all.flatMap((text) => [...words(index, text), ...parts(index, text)]).map(({ word }) => word))].filter((word) => !index.numberOf.has(word));
    });
    check(`every word of the texts is in the index of ${place}`, unknown.slice(0, 10).join(" "));
  }

  // From any page, by the form alone.
  const requests = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  await page.goto(`${base}/da/initiativer/2021-19/`);
  check("an ordinary page loads nothing of the search", requests.some((path) => path.includes("search")) || requests.length > 4 ? requests.join(" ") : "");
  requests.length = 0;
  await page.goto(`${base}/da/soeg/`);
  check("the index waits for a question", requests.some((path) => path.endsWith(".json")) ? requests.join(" ") : "");
  await page.goto(`${base}/da/initiativer/2021-19/`);
  await page.fill("header [role=search] input", "kliniske forsøg");
  await page.keyboard.press("Enter");
  await settled(page, "kliniske forsøg");
  check("the form of any page leads to the results", new URL(page.url()).search === "?q=kliniske+fors%C3%B8g" ? "" : page.url());

  // By keyboard.
  await ask(page, base, "da/soeg", "data");
  const active = () => page.evaluate(() => document.activeElement.id || document.activeElement.getAttribute("href"));
  const links = await page.locator("#search-results .row-title a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  // Who speaks to the computer must not set off what a single sign does (WCAG 2.1.4).
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("/");
  check("no sign alone moves the focus", await page.evaluate(() => document.activeElement === document.body) ? "" : await active());
  await page.focus("#site-search");
  const way = [await active()];
  for (const key of ["ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp"]) {
    await page.keyboard.press(key);
    way.push(await active());
  }
  const wanted = ["site-search", links[0], links[1], links[0], "site-search", "site-search"];
  check("arrows lead from the field through the results and back", way.join() === wanted.join() ? "" : way.join(" "));
  await page.keyboard.press("ArrowDown");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  check("the focus is seen", outline === "none" ? "no outline" : "");
  await page.keyboard.press("Escape");
  const cleared = await page.evaluate(() => [document.activeElement.id, document.activeElement.value, location.search, document.querySelector("nav.languages a[hreflang=en]").search, document.querySelectorAll("#search-results li").length].join());
  check("Escape clears", cleared === "site-search,,,,0" ? "" : cleared);
  await page.keyboard.type("and/or");
  check("/ is a sign like others in the field", (await page.inputValue("#site-search")) === "and/or" ? "" : await page.inputValue("#site-search"));
  await page.fill("#site-search", "2021-19");
  const seen = await settled(page, "2021-19");
  check("the question stands in the address while it is typed", new URL(page.url()).search === "?q=2021-19" ? "" : page.url());
  await page.click("nav.languages a[hreflang=en]");
  check("the language switch keeps the question", page.url().endsWith("/en/search/?q=2021-19") ? "" : page.url());
  await page.goBack();
  await settled(page, "2021-19");
  await page.focus("#site-search");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/da/initiativer/2021-19/");
  await page.goBack();
  const again = await settled(page, "2021-19");
  check("Enter opens a result, and back leads to the results", seen.groups.length && JSON.stringify(again) === JSON.stringify(seen) ? "" : again.says);

  await ask(page, base, "da/soeg", "data");
  const before = await page.locator("#search-results section").first().locator("li").count();
  const button = page.locator("#search-results .search-more").first();
  const all = Number((await button.textContent()).match(/\d+/)[0]);
  await button.click();
  const after = await page.locator("#search-results section").first().locator("li").count();
  check("the rest of a kind is shown on request", before === 5 && after === all ? "" : `${before}, then ${after} of ${all}`);

  // Every result leads to a place that is there.
  const targets = await page.locator("#search-results li a").evaluateAll((found) => [...new Set(found.map((link) => link.href))]);
  const lost = [];
  for (const target of targets) {
    const answer = await page.request.get(target);
    const anchor = decodeURIComponent(new URL(target).hash.slice(1));
    if (!answer.ok() || (anchor && !(await answer.text()).includes(`id="${anchor}"`))) lost.push(target);
  }
  check(`${targets.length} links of the results lead somewhere`, lost.join(" "));
  check("the search makes no errors", faults.slice(0, 5).join("\n"));
  await context.close();

  for (const [width, colorScheme, place] of [[320, "light", "da/soeg"], [320, "dark", "en/search"], [1280, "light", "en/search"], [1280, "dark", "da/soeg"]]) {
    const small = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const tab = await small.newPage();
    await ask(tab, base, place, "data");
    check(`results at ${width} px, ${colorScheme}: no violation, no sideways scrolling`, (await accessible(tab)).join("\n"));
    await small.close();
  }

  const plain = await browser.newContext({ javaScriptEnabled: false });
  const tab = await plain.newPage();
  await tab.goto(`${base}/da/`);
  await tab.fill("[role=search] input", "data");
  await tab.keyboard.press("Enter");
  await tab.waitForURL("**/da/soeg/?q=data");
  const lists = await tab.locator("#search-indexes a").count();
  const words = await tab.locator("#search-hint").innerText();
  check("without JavaScript the search leads on to the lists", lists > 8 && words.includes("JavaScript") ? "" : `${lists} lists: ${words}`);
  await plain.close();

  // What cannot be loaded is said, and the lists come back.
  const cut = await browser.newContext();
  const offline = await cut.newPage();
  await offline.route("**/*.json", (route) => route.abort());
  await offline.goto(`${base}/en/search/?q=data`);
  await offline.waitForFunction(() => document.getElementById("search-status").textContent.includes("could not be loaded"));
  check("a search that cannot be loaded says so", (await offline.locator("#search-indexes").isVisible()) ? "" : "the lists are gone");
  await cut.close();
}
