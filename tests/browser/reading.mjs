// Reads every kind of page as people do: on phones and wide screens, in light and dark, with the keyboard alone, enlarged, with
// forced colours, without motion and on paper. In: the address of the built site and a browser. Out: a call of `check` for each.
import { gzipSync } from "node:zlib";
import { accessible, pages, sideways, violations, visit } from "./visit.mjs";

export async function reading(base, browser, check) {
  // Each page is opened once and looked at nine times; windows of readers change their width and colours, too.
  const light = { colorScheme: "light", forcedColors: "none" }, dark = { colorScheme: "dark", forcedColors: "none" }, forced = { colorScheme: "light", forcedColors: "active" };
  const looks = [[320, { light, dark }], [360, { light, dark }], [768, { light }], [1280, { light, dark, forced }], [1440, { dark }]];
  const faults = await visit(browser, base, pages, {}, async (page) => {
    const found = new Map();
    for (const [width, colours] of looks) {
      await page.setViewportSize({ width, height: 900 });
      for (const [name, media] of Object.entries(colours)) {
        await page.emulateMedia(media);
        for (const fault of [...await otherwise(page, { width, ...media }), ...await accessible(page)]) found.set(fault, [...(found.get(fault) ?? []), `${width} px ${name}`]);
      }
    }
    return [...found].map(([fault, where]) => `${fault}, at ${where.join(", ")}`);
  });
  check(`reading: ${pages.length} pages in nine looks, 320 to 1440 px, light, dark and with forced colours: no violation, no sideways scrolling, nothing missing`, faults);
  // A window of 1280 px at 200 % has room for 640, at 400 % for 320.
  check("reading: enlarged to 200 %", await visit(browser, base, pages, { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }, sideways));
  check("reading: more contrast", await visit(browser, base, ["/da/", "/da/initiativer/2024-05/", "/da/sporbarhed/"], { viewport: { width: 1280, height: 900 }, contrast: "more" }, violations));
  check("reading: without motion nothing moves", await visit(browser, base, ["/da/", "/da/ordliste/"], { reducedMotion: "reduce" }, (page) => page.evaluate(() => {
    const moving = [...document.querySelectorAll("*")].filter((element) => {
      const style = getComputedStyle(element);
      return style.scrollBehavior === "smooth" || parseFloat(style.transitionDuration) > 0 || style.animationName !== "none";
    });
    return moving.map((element) => `${element.tagName} moves`).slice(0, 3);
  })));

  await keyboard(base, browser, check);
  await wayfinding(base, browser, check);
  await phones(base, browser, check);
  await tables(base, browser, check);
  await words(base, browser, check);
  await paper(base, browser, check);
  await weight(base, browser, check);
}

// Whether the browser shows the page otherwise than it was asked to, so that no look is another once more.
const otherwise = (page, look) => page.evaluate(({ width, colorScheme, forcedColors }) => {
  const holds = (feature, value) => matchMedia(`(${feature}: ${value})`).matches;
  const shown = innerWidth === width && holds("prefers-color-scheme", colorScheme) && holds("forced-colors", forcedColors);
  return shown ? [] : [`shown at ${innerWidth} px, dark: ${holds("prefers-color-scheme", "dark")}, forced: ${holds("forced-colors", "active")}`];
}, look);

// With the keyboard alone: the skip link first, then everything in the order in which it stands, each with a ring around it.
async function keyboard(base, browser, check) {
  for (const [width, paths] of [[1280, ["/da/", "/da/initiativer/2024-05/", "/da/strategi/2021/bedre-brug-af-sundhedsdata/", "/en/funding/2021/"]], [360, ["/en/", "/en/initiatives/2021-19/"]]]) {
    const faults = await visit(browser, base, paths, { viewport: { width, height: 900 }, reducedMotion: "reduce" }, async (page) => {
      const list = [];
      let before = -1;
      for (let at = 0; at < 60; at++) {
        await page.keyboard.press("Tab");
        const focus = await page.evaluate(() => {
          const element = document.activeElement;
          if (element === document.body) return null;
          const style = getComputedStyle(element);
          const box = element.getBoundingClientRect();
          return {
            name: `${element.tagName.toLowerCase()} »${(element.textContent || "").trim().slice(0, 30)}«`, skip: element.className === "skip",
            ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, shown: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
            order: [...document.querySelectorAll("*")].indexOf(element),
          };
        });
        if (!focus) break;
        if (at === 0 && !focus.skip) list.push(`the first stop is ${focus.name}`);
        if (!focus.ring) list.push(`${focus.name} shows no focus`);
        if (!focus.shown) list.push(`${focus.name} has the focus out of sight`);
        if (focus.order < before) {
          if (!focus.skip) list.push(`${focus.name} comes out of its order`);
          break;
        }
        before = focus.order;
      }
      return list;
    });
    check(`reading: keyboard at ${width} px`, faults);
  }
  const skip = await visit(browser, base, ["/da/initiativer/2024-05/"], { viewport: { width: 1280, height: 900 } }, async (page) => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    const inside = await page.evaluate(() => Boolean(document.activeElement.closest("main")));
    return inside ? [] : ["the skip link does not lead into the content"];
  });
  check("reading: the skip link skips", skip);
  const targets = await visit(browser, base, pages, { viewport: { width: 360, height: 900 } }, (page) => page.evaluate(() => {
    // Links in running text and in tables may be as small as the text.
    const alone = [...document.querySelectorAll("header a, header button, summary, .contents a, .crumbs a, .pager a, .more a, .entries a, .foot a, .permalink")];
    const small = alone.filter((element) => element.checkVisibility({ contentVisibilityAuto: true }) && !element.matches(".skip, .permalink") && element.getClientRects().length === 1)
      .filter((element) => { const box = element.getBoundingClientRect(); return box.height < 24 || box.width < 24; });
    return small.slice(0, 3).map((element) => `»${element.textContent.trim()}« is ${Math.round(element.getBoundingClientRect().height)} px high`);
  }));
  check("reading: what is touched is at least 24 px", targets);
}

// The menu, the table of contents and the neighbours, all without JavaScript.
async function wayfinding(base, browser, check) {
  const context = await browser.newContext({ viewport: { width: 360, height: 800 }, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${base}/da/initiativer/2024-05/`);
  const link = page.locator("nav.menu a").first();
  const before = await link.isVisible();
  await page.click("header > .menu-button");
  const open = await link.isVisible();
  await page.keyboard.press("Escape");
  const closed = !await link.isVisible();
  await page.click("header > .menu-button");
  await page.click(".menu .menu-button");
  check("reading: the menu of a phone opens and closes", !before && open && closed && !await link.isVisible() ? "" : `${before} ${open} ${closed}`);
  await page.click("header > .menu-button");
  await link.click();
  check("reading: the menu leads on", page.url().endsWith("/da/strategi/") ? "" : page.url());
  await page.goto(`${base}/da/strategi/2021/bedre-brug-af-sundhedsdata/`);
  await page.locator("details.contents summary").first().click();
  await page.locator("details.contents a").nth(1).click();
  check("reading: the table of contents leads to its heading", await page.locator("h2:target, :target").count() === 1 ? "" : page.url());
  await page.click("a[rel=next]");
  check("reading: a chapter leads to the next", page.url().includes("/da/strategi/2021/") && !page.url().includes("bedre-brug") ? "" : page.url());
  await context.close();
  const wide = await visit(browser, base, ["/da/strategi/2021/bedre-brug-af-sundhedsdata/"], { viewport: { width: 1280, height: 900 } }, async (page) => {
    const faults = [];
    if (!await page.locator("details.contents a").first().isVisible()) faults.push("the table of contents is hidden on a wide screen");
    if (!await page.locator("nav.menu a").first().isVisible()) faults.push("the menu is hidden on a wide screen");
    if (await page.locator(".contents a[aria-current=page]").count() !== 1) faults.push("the document does not say where the page stands in it");
    const names = await page.locator(".permalink").evaluateAll((list) => list.map((link) => link.getAttribute("aria-label")));
    if (names.length < 2 || names.some((name) => !name || name.length < 12)) faults.push(`links to headings are called ${names}`);
    return faults;
  });
  check("reading: wide screens show the contents", wide);
}

// On phones the rows of tables are blocks: nothing of them is out of sight, values of a column stand below each other, and they are still tables.
async function phones(base, browser, check) {
  const tables = ["/da/oekonomi/2021/", "/en/funding/2024/", "/da/noegletal/", "/en/key-figures/", "/da/sporbarhed/", "/en/traceability/"];
  for (const width of [320, 360]) {
    const faults = await visit(browser, base, tables, { viewport: { width, height: 800 } }, async (page) => {
      const list = await page.evaluate(() => [...document.querySelectorAll("table.stacked")].flatMap((table) => {
        const shown = [...table.querySelectorAll("td, th")].filter((cell) => cell.checkVisibility() && cell.getClientRects().length);
        const out = shown.filter((cell) => { const box = cell.getBoundingClientRect(); return box.right > innerWidth - 12 || box.left < 0 || cell.scrollWidth > cell.clientWidth + 1 && cell.clientWidth > 1; });
        const edges = table.matches(".appendix") ? new Set([...table.tBodies].flatMap((body) => [...body.rows]).map((row) => [...row.querySelectorAll("td:not(.num)")].filter((cell) => cell.getClientRects().length).map((cell) => Math.round(cell.getBoundingClientRect().right)).join())) : new Set([""]);
        return [...out.slice(0, 2).map((cell) => `»${cell.textContent.trim().slice(0, 30)}« is cut off`), ...(edges.size > 1 ? [`the years stand at ${[...edges].join(" and ")}`] : [])];
      }));
      const session = await page.context().newCDPSession(page);
      const { nodes } = await session.send("Accessibility.getFullAXTree");
      const known = new Set(nodes.filter((node) => !node.ignored).map((node) => node.role?.value));
      for (const role of ["table", "row", "rowheader", "cell", "columnheader"]) if (!known.has(role)) list.push(`nothing is a ${role}`);
      return list;
    });
    check(`reading: tables at ${width} px`, faults);
  }
  const front = await visit(browser, base, ["/da/", "/en/"], { viewport: { width: 768, height: 1000 } }, (page) => page.evaluate(() => {
    const top = (element) => Math.round(element.getBoundingClientRect().top);
    const rows = [".numeral", ".more"].map((part) => new Set([...document.querySelectorAll(`.strategies ${part}`)].map(top)).size);
    const answer = document.querySelector(".counts"), words = [...answer.closest("section").querySelectorAll("p")].find((p) => p.textContent.length > 200);
    return [...(rows.some((size) => size !== 1) ? ["the strategies do not stand side by side"] : []), ...(top(words) < top(answer) ? ["what became of the advice is explained before it is told"] : [])];
  }));
  check("reading: the front page answers at a glance", front);
  const field = await visit(browser, base, ["/da/initiativer/2024-05/", "/en/traceability/"], { viewport: { width: 360, height: 800 } }, (page) => page.evaluate(() => {
    const { width } = document.querySelector(".top .search input").getBoundingClientRect();
    return width < 200 ? [`the search field is ${width} px wide`] : [];
  }));
  check("reading: a phone has room to write what is searched for", field);
}

// What stands over the columns of a long table stays in view and covers nothing that has the focus; a box is a stop of the keyboard
// and a landmark where it scrolls, and only there.
async function tables(base, browser, check) {
  for (const width of [360, 640, 1280]) {
    const long = [["/da/oekonomi/2024/", ".appendix"], ["/en/funding/2021/", ".appendix"], ["/da/sporbarhed/", ".summary"], ["/en/traceability/", ".summary"]];
    const heads = await visit(browser, base, long.map(([path]) => path), { viewport: { width, height: 600 }, reducedMotion: "reduce" }, async (page, path) => {
      const table = page.locator(long.find(([one]) => one === path)[1]);
      const faults = await table.evaluate(async (table) => {
        const rows = [...table.querySelectorAll("tbody tr")];
        rows.at(-3).scrollIntoView();
        await new Promise(requestAnimationFrame);
        return Math.abs(table.tHead.getBoundingClientRect().top) < 2 ? [] : [`the head is at ${table.tHead.getBoundingClientRect().top}`];
      });
      const links = await table.locator("a").count();
      await table.locator("a").last().focus();
      for (let at = 1; at < links; at++) {
        await page.keyboard.press("Shift+Tab");
        faults.push(...await table.evaluate((table) => {
          const focus = document.activeElement.getBoundingClientRect(), head = table.tHead.getBoundingClientRect();
          return focus.top < head.bottom && focus.bottom > head.top ? [`the head is over »${document.activeElement.textContent}«`] : [];
        }));
      }
      return faults;
    });
    check(`reading: the heads of long tables at ${width} px`, heads);
  }
  const boxes = await visit(browser, base, ["/da/noegletal/", "/en/funding/2024/", "/da/sporbarhed/", "/da/data/", "/da/om/skriv-poster/", "/en/initiatives/2024-05/"], { viewport: { width: 1280, height: 900 } }, async (page) => {
    const faults = [];
    await page.locator("main summary").evaluateAll((all) => all.forEach((one) => { one.parentNode.open = true; }));
    for (const width of [1280, 360, 640, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(100);
      faults.push(...await page.locator(".scroll, .code").evaluateAll((all, width) => all.flatMap((box) => {
        const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
        const isBox = box.hasAttribute("tabindex") && (box.matches(".code") || box.matches("[role=region][aria-label]"));
        const isNone = !box.hasAttribute("tabindex") && !box.hasAttribute("role") && !box.hasAttribute("aria-label");
        const moves = getComputedStyle(box).overflowX === "auto";
        return (scrolls ? isBox && moves : isNone) ? [] : [`»${box.textContent.trim().slice(0, 30)}« ${scrolls ? "scrolls and is no box" : "is a box and does not scroll"} at ${width} px`];
      }), width));
    }
    return faults;
  });
  check("reading: what scrolls is a stop of the keyboard, and nothing else is", boxes);
  const plain = await visit(browser, base, ["/da/noegletal/"], { javaScriptEnabled: false }, async (page) => (await page.locator(".scroll:not([tabindex][role])").count() ? ["a box cannot be reached"] : []));
  check("reading: without script every box can be reached", plain);
}

// Which language words are in, which marks stand around them, and how a source is named.
async function words(base, browser, check) {
  const marked = await visit(browser, base, ["/en/initiatives/2024-47/", "/en/strategy/2024/points/", "/en/initiatives/2021-37/"], {}, (page) => page.evaluate(() => {
    const danish = [...document.querySelectorAll("main [lang=da]")].map((element) => element.textContent);
    return [...(danish.length ? [] : ["no word is marked as Danish"]), ...(document.querySelector("main").textContent.includes("](lang:") ? ["a mark of language is shown as it is written"] : [])];
  }));
  check("reading: what is said of several years is said once", await visit(browser, base, ["/da/initiativer/2024-44/"], {}, (page) => page.evaluate(() => {
    const years = [...document.querySelectorAll("p.hint > strong")].map((element) => element.textContent);
    return years.join() === "2024-2027" ? [] : [years.join()];
  })));
  check("reading: Danish words in English texts are marked", marked);
  const quotes = async (path) => { const page = await browser.newPage(); await page.goto(base + path); const marks = await page.locator("main q").first().evaluate((q) => getComputedStyle(q).quotes); await page.close(); return marks; };
  const both = [await quotes("/da/initiativer/2021-37/"), await quotes("/en/initiatives/2021-37/")];
  check("reading: quotations have the marks of the text around them", both[0].startsWith('"»" "«"') && both[1].startsWith('"‘" "’"') ? "" : both.join(" and "));
  check("reading: a document is cited once", await visit(browser, base, pages, {}, (page) => page.evaluate(() => [...document.querySelectorAll(".cites")].flatMap((line) => {
    const links = [...line.querySelectorAll("a")].map((link) => link.getAttribute("href"));
    return new Set(links).size < links.length ? [`»${line.textContent.slice(0, 60)}« names a source twice`] : [];
  }).slice(0, 2))));
  check("reading: each page leads to its twin and back", await visit(browser, base, pages.filter((path) => path !== "/" && !path.endsWith("404.html")), {}, async (page, path) => {
    const other = () => page.locator(".languages a:not([aria-current])").evaluate((link) => link.pathname);
    const twin = await other();
    const heads = await page.locator("main h2, main h3").count();
    await page.goto(base + twin);
    const back = await other();
    const same = await page.locator("main h2, main h3").count();
    return back === path && same === heads ? [] : [`${twin} leads back to ${back} and has ${same} headings, not ${heads}`];
  }));
  const page = await browser.newPage();
  await page.goto(`${base}/404.html`);
  const ways = await page.locator("main a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  check("reading: what is nowhere leads on in every language", ["/da/", "/en/", "/da/initiativer/", "/en/initiatives/"].every((way) => ways.includes(way)) ? "" : ways.join(" "));
  await page.close();
}

// On paper there is no navigation, and no table is cut.
async function paper(base, browser, check) {
  const faults = await visit(browser, base, ["/da/", "/da/initiativer/2024-05/", "/en/about/sources/", "/da/oekonomi/2021/", "/da/noegletal/"], { viewport: { width: 700, height: 1000 }, colorScheme: "dark" }, async (page) => {
    await page.emulateMedia({ media: "print" });
    return page.evaluate(() => {
      const list = [];
      for (const element of document.querySelectorAll("nav, .skip, .menu-button, .permalink")) if (element.checkVisibility()) list.push(`${element.className || element.tagName} is printed`);
      if (!document.querySelector(".address")?.checkVisibility()) list.push("the address is not printed");
      for (const box of document.querySelectorAll(".scroll")) if (box.scrollWidth > box.clientWidth + 1) list.push(`a table is ${box.scrollWidth - box.clientWidth} px too wide`);
      if (getComputedStyle(document.documentElement).color !== "rgb(0, 0, 0)") list.push("the ink is not black");
      for (const part of document.querySelectorAll(".panel, tr")) if (getComputedStyle(part).breakInside !== "avoid") list.push(`${part.className || part.tagName} is split`);
      for (const table of document.querySelectorAll("table.totals, table.appendix")) if (getComputedStyle(table).breakInside !== "auto") list.push("a long table begins on a page of its own");
      const out = document.querySelector("main a[href^=http]");
      if (out && !getComputedStyle(out, "::after").content.includes("http")) list.push("the address of a link outside is not printed");
      return list.slice(0, 3);
    });
  });
  check("reading: on paper", faults);
}

// A page is light, needs no script, and stands still while it loads.
async function weight(base, browser, check) {
  const context = await browser.newContext({ viewport: { width: 360, height: 800 } });
  const page = await context.newPage();
  const answers = [];
  page.on("response", (answer) => answers.push(answer));
  await page.addInitScript(() => {
    globalThis.shift = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => { globalThis.shift += entry.value; })).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(`${base}/da/initiativer/2024-05/`, { waitUntil: "networkidle" });
  const shift = await page.evaluate(() => globalThis.shift);
  const bodies = await Promise.all(answers.map((answer) => answer.body()));
  const kilobytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0) / 1000;
  const fine = answers.length <= 4 && kilobytes <= 25 && shift === 0;
  check("reading: an initiative is at most 25 kB in 4 requests and stands still", fine ? "" : `${answers.length} requests, ${kilobytes} kB, shift ${shift}`);
  await context.close();
}
