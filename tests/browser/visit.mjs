// Opens pages in a browser, two at a time, as many as the machines have processors that run this, and looks at each.
// In: addresses, the settings of the browser, what to look for. Out: faults, in words, in the order of the addresses.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SIDE_BY_SIDE = 2;

// One page of every kind; where a kind differs between strategies or languages, one of each.
export const pages = ["/", "/404.html", "/da/", "/en/", "/da/404.html", "/en/404.html",
  "/da/strategi/", "/en/strategy/2021/", "/da/strategi/2024/", "/en/strategy/2021/themes/research/", "/da/strategi/2021/bedre-brug-af-sundhedsdata/",
  "/da/strategi/2024/punkter/", "/da/initiativer/", "/da/initiativer/2021-37/", "/en/initiatives/2024-05/", "/da/initiativer/2024-44/",
  "/da/anbefalinger/", "/da/anbefalinger/r1/", "/en/recommendations/", "/en/recommendations/r1/", "/en/funding/", "/da/oekonomi/2021/", "/en/funding/2024/",
  "/da/sporbarhed/", "/en/traceability/", "/da/aktoerer/", "/en/actors/danske-regioner/", "/da/om/", "/en/about/sources/", "/da/om/metode/",
  "/da/om/tilgaengelighed/", "/en/about/accessibility/", "/da/om/skriv-poster/", "/en/about/writing-records/", "/en/figures/", "/da/noegletal/", "/en/key-figures/",
  "/da/tidslinje/", "/en/people/", "/da/ordliste/", "/da/soeg/", "/en/search/", "/da/data/", "/en/data/", "/da/aendringer/", "/en/changes/"];

/** Goes to each address and looks, with the settings of `options`; the first ten faults, page by page: what the browser reports, then what is seen. */
export async function visit(browser, base, paths, options, look) {
  const found = paths.map(() => []);
  let next = 0;
  const reader = async () => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    let faults = [];
    page.on("console", (message) => { if (["error", "warning"].includes(message.type())) faults.push(message.text()); });
    page.on("pageerror", (error) => faults.push(error.message));
    // What the next page cuts off, for instance the icon, did not fail.
    page.on("requestfailed", (request) => { if (request.failure()?.errorText !== "net::ERR_ABORTED") faults.push(`${request.url()} failed`); });
    while (next < paths.length) {
      const at = next++;
      faults = found[at];
      const answer = await page.goto(base + paths[at]);
      if (!answer.ok()) faults.push(`answers ${answer.status()}`);
      faults.push(...((await look(page, paths[at])) ?? []));
    }
    await context.close();
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, reader));
  return found.flatMap((faults, at) => faults.map((fault) => `${paths[at]}: ${fault}`)).slice(0, 10).join("\n");
}

/** Whether something is wider than the window. */
export const sideways = (page) => page.evaluate(() => {
  const extra = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  return extra > 0 ? [`scrolls sideways by ${extra}`] : [];
});

/** What keeps people from reading the page. */
export async function violations(page) {
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe);
  // Every rule is run everywhere; what is no violation is told by one place only, since telling takes longer than finding.
  return page.evaluate(async (runOnly) => {
    const { violations: found } = await globalThis.axe.run(document, { runOnly, resultTypes: ["violations"] });
    return found.map(({ id, help, nodes }) => `${id} at ${nodes[0].target} (${help})`);
  }, rules);
}

/** Both. */
export const accessible = async (page) => [...await sideways(page), ...await violations(page)];
