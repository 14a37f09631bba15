// The matrix, the indexes and the charts, as a reader uses them. In: the address of the built site, a browser and what
// notes down a check. Expectations come from the page without script and from the open data, never from the script itself.
import { accessible, visit } from "./visit.mjs";

// As they are and as they are used.
const used = ["/da/sporbarhed/", "/da/sporbarhed/?strategy=2021&outcome=partial", "/en/traceability/", "/da/initiativer/", "/en/initiatives/?sort=amount&strategy=2024", "/da/anbefalinger/?outcome=none", "/en/actors/", "/da/oekonomi/2021/", "/en/funding/2024/"];
const number = (text) => Number(text.trim().replaceAll(".", "").replace(",", ".").replace("−", "-"));
const same = (found, expected) => (JSON.stringify(found) === JSON.stringify(expected) ? "" : `${JSON.stringify(found).slice(0, 300)} instead of ${JSON.stringify(expected).slice(0, 300)}`);
const shown = (page, selector) => page.locator(selector).evaluateAll((all) => all.filter((one) => one.checkVisibility()).length);

export async function matrix(base, browser, check) {
  const open = async (options, run) => {
    const context = await browser.newContext({ reducedMotion: "reduce", viewport: { width: 1440, height: 1000 }, ...options });
    try { await run(await context.newPage()); } catch (error) { check("the matrix, the indexes and the charts", error.message); }
    await context.close();
  };
  let plain;
  await open({ javaScriptEnabled: false }, async (page) => { plain = await withoutScript(page, base, check); });
  if (!plain) return;
  await open({}, (page) => filters(page, base, check, plain));
  for (const width of [1440, 360]) await open({ viewport: { width, height: 900 } }, (page) => addresses(page, base, check, width));
  await open({}, (page) => headers(page, base, check));
  await open({ forcedColors: "active" }, (page) => lines(page, base, check));
  await open({}, (page) => keyboard(page, base, check));
  await open({}, (page) => indexes(page, base, check));
  await open({}, (page) => charts(page, base, check));
  for (const [width, colorScheme] of [[320, "light"], [320, "dark"], [360, "light"], [1280, "light"], [1280, "dark"]]) {
    const faults = await visit(browser, base, used, { viewport: { width, height: 900 }, colorScheme, reducedMotion: "reduce" }, accessible);
    check(`matrix, indexes and appendix at ${width} px, ${colorScheme}: no violation, no sideways scrolling`, faults);
  }
}

async function withoutScript(page, base, check) {
  const data = (name) => page.request.get(`${base}/data/${name}`).then((answer) => answer.text());
  const proposals = JSON.parse(await data("recommendations.json")).flatMap((recommendation) => recommendation.proposals.map((proposal) => proposal.id));
  const links = (await data("traceability.csv")).split("\n").map((line) => line.split(",")).filter(([, proposal, initiative]) => proposal?.includes(".") && initiative).map(([, proposal, initiative, , relation, degree]) => `${proposal.toLowerCase().replace(".", "-")}.${initiative} ${relation} ${degree}`);
  await page.goto(`${base}/da/sporbarhed/?strategy=2021`);
  const rows = await page.locator("[data-row]").evaluateAll((all) => all.filter((row) => row.checkVisibility()).map((row) => ({ id: row.querySelector("th .id").textContent.trim(), outcome: row.dataset.outcome, cells: [...row.querySelectorAll("[data-cell]")].map((cell) => ({ id: cell.id, ...cell.dataset })) })));
  check("without script the matrix has every proposal", same(rows.map((row) => row.id), proposals));
  check("without script the matrix has every link, as it was judged", same(rows.flatMap((row) => row.cells.map((cell) => `${cell.id} ${cell.relation} ${cell.degree}`)).sort(), links.sort()));
  check("without script there is no form that does nothing", (await shown(page, "form.filter")) === 0 ? "" : "the form is shown");
  const counts = await page.locator("section:has(> .heading > #coverage) a.count").evaluateAll((all) => all.map((link) => [parseInt(link.textContent, 10), document.querySelectorAll(`${link.getAttribute("href")} li`).length]));
  check("every figure of the coverage leads to its list", counts.length && counts.every(([figure, list]) => figure === list) ? "" : JSON.stringify(counts));
  const backwards = await page.locator("section:has(> .heading > #coverage) > ul.dots > li").allInnerTexts();
  check("the coverage counts what is linked once", same(backwards, ["Strategi for life science (2021): For 17 af 38 initiativer er der mindst ét forslag, der bygger videre på initiativet. 21 initiativer har ikke forbindelse til noget forslag.", "Strategi for life science 2024-2027: 36 af 47 initiativer følger op på mindst ét forslag. 11 initiativer har ikke forbindelse til noget forslag."]));
  await page.goto(`${base}/da/initiativer/`);
  const initiatives = JSON.parse(await data("initiatives.json"));
  check("without script the index has every initiative", same(await shown(page, "[data-row]"), initiatives.length));
  return { rows, initiatives };
}

async function filters(page, base, check, { rows }) {
  const left = async () => {
    await page.waitForFunction(() => document.querySelector("[role=status]")?.textContent);
    return page.locator("[data-row]:not([hidden])").evaluateAll((all) => all.map((row) => row.querySelector("th .id").textContent.trim()));
  };
  const expected = (outcome, ...asked) => rows.filter((row) => (!outcome || row.outcome === outcome) && row.cells.some((cell) => asked.every(([name, value]) => cell[name] === value))).map((row) => row.id);
  await page.goto(`${base}/da/sporbarhed/?strategy=2021&degree=explicit&outcome=partial`);
  check("the address narrows the matrix", same(await left(), expected("partial", ["strategy", "2021"], ["degree", "explicit"])));
  const columns = await page.locator(".grid thead tr[data-start] th:not([hidden])").allTextContents();
  check("columns without a link go away", columns.length && columns.every((text) => text.startsWith("2021-")) ? "" : columns.join());
  for (const query of ["outcome=none", "strategy=2024&degree=noted", "theme=2021.showcase"]) {
    await page.goto(`${base}/da/sporbarhed/?${query}`);
    await left();
    const cut = await page.locator(".grid thead th[scope=colgroup]:not([hidden])").evaluateAll((all) => all.filter((head) => {
      const name = document.createRange();
      name.selectNodeContents(head);
      const room = head.getBoundingClientRect(), words = name.getBoundingClientRect();
      return words.left < room.left - 1 || words.right > room.right + 1 || words.top < room.top - 1 || words.bottom > room.bottom + 1 || head.scrollWidth > head.clientWidth + 1;
    }).map((head) => `»${head.textContent}« with ${head.colSpan}`));
    check(`the names of strategies can be read where few columns are left (${query})`, cut.join());
  }
  await page.goto(`${base}/da/sporbarhed/?strategy=2021&degree=explicit&outcome=partial`);
  await left();
  const widths = await page.locator("table.grid").evaluateAll((tables) => tables.flatMap((table) => [...table.rows].filter((row) => !row.hidden && row.checkVisibility()).map((row) => Number(row.dataset.start ?? 0) + [...row.cells].filter((cell) => !cell.hidden).reduce((sum, cell) => sum + cell.colSpan, 0))));
  check("every row of the narrowed matrix is equally wide", new Set(widths).size === 1 ? "" : widths.join());
  await page.selectOption("[name=degree]", "");
  check("a choice is kept in the address", page.url().endsWith("?outcome=partial&strategy=2021") ? "" : page.url());
  check("and the rows follow", same(await left(), expected("partial", ["strategy", "2021"])));
  const words = await page.locator("[role=status]").innerText();
  check("and the figures are announced", words.includes(`${expected("partial", ["strategy", "2021"]).length} af ${rows.length}`) ? "" : words);
  await page.locator("[data-cell]:not([data-off]) a:visible").first().click();
  check("a cell leads to its evidence", /\/da\/anbefalinger\/r\d+\/#r\d+-\d+\.2021-\d+$/.test(page.url()) && (await page.locator(":target .cites").first().isVisible()) ? "" : page.url());
  await page.locator(":target a[href*='sporbarhed']").click();
  check("the evidence leads back to its cell", (await page.locator("td:target").isVisible()) ? "" : page.url());
  await page.goBack();
  await page.goBack();
  check("back keeps what was chosen", page.url().includes("?outcome=partial&strategy=2021") ? same(await left(), expected("partial", ["strategy", "2021"])) : page.url());
  await page.goForward();
  await page.goBack();
  check("forward and back too", same(await page.locator("[name=strategy]").inputValue(), "2021"));
  await page.click("nav.languages a[hreflang=en], a[hreflang=en][lang=en]");
  check("the other language keeps it as well", page.url().includes("/en/traceability/?outcome=partial&strategy=2021") ? same(await left(), expected("partial", ["strategy", "2021"])) : page.url());
  await page.selectOption("[name=outcome]", "none");
  await page.selectOption("[name=relation]", "follow-up");
  check("where nothing is left, no empty table is", (await left()).length === 0 && (await shown(page, ".grid-view")) === 0 ? "" : `${await shown(page, ".grid-view")} tables`);
  await page.click("form.filter button");
  check("everything comes back", same(await left(), rows.map((row) => row.id)) || (page.url().includes("?") ? page.url() : ""));
}

async function addresses(page, base, check, width) {
  await page.goto(`${base}/da/sporbarhed/#r3-2.2024-05`);
  await page.waitForTimeout(200);
  const fault = await page.evaluate(() => {
    const cell = document.getElementById("r3-2.2024-05"), box = cell.getBoundingClientRect(), style = getComputedStyle(cell);
    if (box.top < 0 || box.bottom > innerHeight || box.left < 0 || box.right > innerWidth) return `it is at ${JSON.stringify(box)}`;
    if (!cell.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2))) return "it is covered";
    const other = getComputedStyle(document.getElementById("r3-3.2024-05"));
    return style.boxShadow === other.boxShadow && style.backgroundColor === other.backgroundColor ? "it looks like any other" : "";
  });
  check(`the address of a cell shows the cell at ${width} px`, fault);
}

async function headers(page, base, check) {
  await page.goto(`${base}/en/traceability/#forward`);
  const fault = await page.locator(".grid-view").first().evaluate(async (region) => {
    region.scrollIntoView();
    region.scrollTo(400, 900);
    await new Promise(requestAnimationFrame);
    const frame = region.getBoundingClientRect();
    if (region.scrollLeft < 300 || region.scrollTop < 600) return `it scrolls to ${region.scrollLeft}, ${region.scrollTop}`;
    const row = [...region.querySelectorAll("tr[data-row]")].find((one) => one.getBoundingClientRect().top > frame.top + 350);
    const side = row.querySelector("th").getBoundingClientRect(), top = region.querySelector("thead tr[data-start] th").getBoundingClientRect();
    const corner = region.querySelector("thead th").getBoundingClientRect();
    if (Math.abs(side.left - frame.left) > 2) return `the row header is at ${side.left - frame.left}`;
    if (top.top < frame.top || top.bottom > frame.top + 400) return `the column headers are at ${top.top - frame.top}`;
    return Math.abs(corner.left - frame.left) > 2 || Math.abs(corner.top - frame.top) > 2 ? "the corner moves" : "";
  });
  check("row and column headers stay in view", fault);
}

async function lines(page, base, check) {
  await page.goto(`${base}/da/sporbarhed/`);
  const fault = await page.locator(".grid tr[data-row] > td").evaluateAll((cells) => {
    const bare = cells.filter((cell) => !getComputedStyle(cell).backgroundImage.includes("gradient")).length;
    const own = cells.flatMap((cell) => [...cell.children]).filter((link) => getComputedStyle(link).forcedColorAdjust !== "auto").length;
    return bare || own ? `${bare} of ${cells.length} cells have no line, ${own} links have colours of their own` : "";
  });
  check("forced colours leave the columns their lines", fault);
}

async function keyboard(page, base, check) {
  await page.goto(`${base}/en/traceability/#forward`);
  await page.locator("#filter_outcome").focus();
  const all = await shown(page, "[data-row]");
  await page.keyboard.type("Not f");
  await page.waitForFunction(() => location.search === "?outcome=none");
  const none = await shown(page, "[data-row]");
  check("the keyboard narrows the matrix", none > 0 && none < all ? "" : `${none} of ${all}`);
  await page.locator("form.filter button").focus();
  await page.keyboard.press("Enter");
  check("and widens it again", same(await shown(page, "[data-row]"), all));
  const covered = await page.evaluate(() => {
    const region = document.querySelector(".grid-view");
    region.scrollTo(900, 2000);
    const cell = [...region.querySelectorAll("[data-cell] a")].find((link) => link.getBoundingClientRect().bottom < region.getBoundingClientRect().top);
    cell.focus();
    const box = cell.getBoundingClientRect(), there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    region.scrollTo(0, 0);
    return cell.contains(there) ? "" : `${there?.outerHTML.slice(0, 80)} is over ${cell.title}`;
  });
  check("the headers cover nothing that has the focus", covered);
  await page.locator("form.filter button").focus();
  await page.keyboard.press("Tab");
  const focus = await page.evaluate(() => document.activeElement.className);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("PageDown");
  await page.waitForTimeout(200);
  const moved = await page.locator(".grid-view").first().evaluate((region) => [region.scrollLeft, region.scrollTop]);
  check("the keyboard scrolls it both ways", focus.includes("grid-view") && moved.every((distance) => distance > 0) ? "" : `${focus} ${moved}`);
}

async function indexes(page, base, check) {
  const rows = () => page.locator("[data-row]").evaluateAll((all) => all.filter((row) => row.checkVisibility()).map((row) => ({ id: row.querySelector(".id")?.textContent, title: row.querySelector("a").textContent.replace(/^\S+-\d+ /, "").trim(), money: row.querySelector(".row-money")?.textContent ?? "", ...row.dataset })));
  await page.goto(`${base}/da/initiativer/`);
  const all = await rows();
  await page.goto(`${base}/da/initiativer/?strategy=2024&sort=amount`);
  const sorted = await rows();
  const amounts = sorted.map((row) => row.money && number(row.money.replace(/[^\d.,]/g, "").replace(/\.$/, ""))).filter((amount) => amount !== "");
  check("the index is sorted by amount", sorted.length === all.filter((row) => row.strategy === "2024").length && same(amounts, [...amounts].sort((a, b) => b - a)) === "" && sorted.slice(amounts.length).every((row) => !row.money) ? "" : amounts.join());
  await page.selectOption("[name=sort]", "title");
  const titles = (await rows()).map((row) => row.title);
  check("the index is sorted by title as the language sorts", same(titles, [...titles].sort(new Intl.Collator("da").compare)));
  await page.selectOption("[name=sort]", "");
  await page.selectOption("[name=strategy]", "");
  check("the order of the documents comes back", same((await rows()).map((row) => row.id), all.map((row) => row.id)));
  await page.fill("[name=min]", "10");
  await page.selectOption("[name=year]", "2025");
  for (const [written, most] of [["1.000", 1000], ["20.5", 20.5], ["20,5", 20.5]]) {
    await page.fill("[name=max]", written);
    const some = await rows();
    check(`amount (at most ${written}) and year narrow the index`, some.length && same(some.map((row) => row.id), all.filter((row) => row.amount && +row.amount >= 10 && +row.amount <= most && row.year.split(" ").includes("2025")).map((row) => row.id)) === "" ? "" : JSON.stringify(some));
  }
  for (const [written, least] of [["5 mio", "5"], ["10 mio. kr.", "10"], ["kr. 2,5", "2.5"], ["1.000,5 m", "1000.5"], ["5 mia", null], ["ti", null]]) {
    await page.goto(`${base}/da/initiativer/`);
    await page.fill("[name=min]", written);
    const [kept, some] = [await page.evaluate(() => new URLSearchParams(location.search).get("min")), await rows()];
    const fault = same(some.map((row) => row.id), all.filter((row) => least === null || row.amount && +row.amount >= +least).map((row) => row.id));
    const said = await page.locator("#filter_min").evaluate((field) => [field.ariaInvalid === "true", Boolean(document.getElementById(field.getAttribute("aria-describedby"))?.textContent)]);
    check(`»${written}« is an amount or is said to be none`, kept !== least ? `the address has ${kept}` : fault || same(said, [least === null, least === null]));
  }
  await page.goto(`${base}/da/initiativer/?min=2.5`);
  check("an amount of the address is written as the language does", same(await page.inputValue("[name=min]"), "2,5"));
  for (const path of ["/da/initiativer/?sort=amount", "/da/initiativer/?strategy=2024", "/da/aktoerer/?sort=count", "/en/recommendations/?outcome=none", "/da/initiativer/"]) {
    await page.goto(base + path);
    await rows();
    const lost = await page.locator(".contents").evaluateAll((all) => all.filter((one) => one.checkVisibility()).flatMap((one) => {
      const links = [...one.querySelectorAll("a[href^='#']")].filter((link) => !link.parentNode.hidden);
      return links.length ? links.filter((link) => !document.querySelector(link.hash).checkVisibility()).map((link) => link.hash) : ["a list without a link"];
    }));
    check(`what is on the page leads to what is shown: ${path}`, lost.join());
  }
  await page.goto(`${base}/da/initiativer/?min=10&year=2025`);
  const heads = await page.locator("#filtered_list h2, #filtered_list h3").evaluateAll((list) => list.filter((head) => head.checkVisibility() && !head.parentElement.querySelector("[data-row]:not([hidden])")).length);
  check("a heading with nothing below it goes away", same(heads, 0));
  const actor = all.find((row) => row.status === "none" && row.actor).actor.split(" ")[0];
  await page.goto(`${base}/en/initiatives/?status=none&actor=${actor}`);
  check("actor and status narrow the index", same((await rows()).map((row) => row.id), all.filter((row) => row.status === "none" && row.actor.split(" ").includes(actor)).map((row) => row.id)));
  await page.goto(`${base}/en/recommendations/?outcome=none`);
  const proposals = await page.locator("[data-cell]").evaluateAll((list) => list.filter((one) => one.checkVisibility()).map((one) => one.dataset.outcome));
  check("the recommendations narrow down to an outcome", proposals.length && proposals.every((outcome) => outcome === "none") ? "" : proposals.join());
  await page.goto(`${base}/en/actors/?sort=count`);
  const counts = (await rows()).map((row) => Number(row.count));
  check("the actors are sorted by their initiatives", counts.length > 10 && same(counts, [...counts].sort((a, b) => b - a)) === "" ? "" : counts.join());
}

async function charts(page, base, check) {
  for (const strategy of ["2021", "2024"]) {
    await page.goto(`${base}/da/oekonomi/${strategy}/`);
    const tables = await page.locator("#appendix tbody:has(tr[id])").evaluateAll((bodies) => bodies.map((body) => {
      const cells = (row) => [...row.querySelectorAll("td:not(.num)")].map((cell) => cell.textContent.trim());
      const head = cells(body.querySelector(".group"));
      const sums = head.some((text) => text) ? head : cells(body.querySelector(".sum")).slice(1);
      return { theme: body.querySelector(".group a").textContent, sums: sums.filter((text) => /\d/.test(text)) };
    }));
    const panels = await page.locator(".panel").evaluateAll((all) => all.map((panel) => ({ theme: panel.querySelector("a").textContent, sums: [...panel.querySelectorAll(".number")].map((text) => text.textContent), heights: [...panel.querySelectorAll("rect")].map((bar) => Number(bar.getAttribute("height"))), words: panel.querySelector("desc").textContent })));
    check(`${strategy}: the panels say what the appendix says`, same(panels.map(({ theme, sums }) => ({ theme, sums })), tables));
    const bars = panels.flatMap((panel) => panel.sums.map((text, at) => [number(text), panel.heights[at]]));
    const most = bars.reduce((most, bar) => (bar[0] > most[0] ? bar : most));
    const wrong = bars.filter(([amount, height]) => Math.abs(height - (amount / most[0]) * most[1]) > 0.11);
    check(`${strategy}: the bars are as high as their numbers`, wrong.length === 0 && panels.every((panel) => panel.sums.every((text) => panel.words.includes(text))) ? "" : JSON.stringify(wrong));
    const totals = await page.locator(".totals tbody tr").evaluateAll((rows) => rows.map((row) => ({ url: row.querySelector("a").getAttribute("href"), value: row.querySelector(".value")?.textContent, width: row.querySelector("rect")?.getAttribute("width") })));
    const rows = await page.locator("#appendix tr[id]").evaluateAll((all) => all.map((row) => ({ url: row.querySelector("a").getAttribute("href"), cells: [...row.querySelectorAll("td:not(.num)")].map((cell) => (cell.textContent.includes("Allerede finansieret") ? "" : cell.firstChild.textContent.trim())) })));
    const sum = (cells) => { const amounts = cells.filter((text) => /^[\d.,−]+$/.test(text)).map(number); return amounts.length ? amounts.reduce((all, one) => all + one, 0) : undefined; };
    const off = rows.filter((row, at) => totals[at]?.url !== row.url || Math.abs((sum(row.cells) ?? 0) - (totals[at].value ? number(totals[at].value) : 0)) > 0.001);
    check(`${strategy}: every initiative’s total is the sum of its row, in the order of the table`, rows.length === totals.length && !off.length ? "" : JSON.stringify(off));
    const longest = Math.max(...totals.filter((row) => row.value).map((row) => number(row.value)));
    check(`${strategy}: the bars are as long as their numbers`, totals.every((row) => !row.value || Math.abs(Number(row.width) - (number(row.value) / longest) * 100) <= 0.051) ? "" : "they are not");
  }
  const flow = await page.locator("section:has(> .heading > #flow)").evaluate((section) => {
    const table = [...section.querySelectorAll("tbody tr")].map((row) => ({ links: row.querySelectorAll("td")[0].querySelectorAll("a").length, value: row.querySelectorAll("td")[2].textContent.trim() }));
    const middle = [...section.querySelectorAll("svg text")].map((text) => text.textContent).filter((text) => /^\d{4}-\d+/.test(text));
    return { table, middle, lines: section.querySelectorAll(".lines path").length, bands: [...section.querySelectorAll(".bands path")].map((path) => Number(path.getAttribute("stroke-width"))), sum: section.querySelector("tfoot td").textContent };
  });
  const money = flow.table.map((row) => row.value).filter((value) => /^[\d.,]+$/.test(value)).map(number).filter((amount) => amount > 0);
  const total = money.reduce((sum, amount) => sum + amount, 0);
  check("the flow has a line for each link and a label for each initiative of its table", same([flow.lines, flow.middle.length], [flow.table.reduce((sum, row) => sum + row.links, 0), flow.table.length]));
  check("the bands of the flow are as wide as the money, each initiative counted once", Math.abs(total - number(flow.sum)) < 0.001 && flow.bands.length === money.length && money.every((amount, at) => Math.abs(flow.bands[at] / 420 - amount / total) < 0.001) ? "" : `${flow.sum} ${total} ${flow.bands}`);
}
