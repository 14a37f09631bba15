// Opens the built site as a reader does. In: the built site and the program. Out: a line for each check, and exit code 1
// where one fails. Talks to this machine only.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { reading as readingAsPeopleDo } from "./reading.mjs";
import { search } from "./search.mjs";
import { headers } from "./headers.mjs";
import { matrix } from "./matrix.mjs";
import { preview } from "./preview.mjs";

const require = createRequire(import.meta.url);
const root = new URL("../..", import.meta.url).pathname;
const site = join(root, "public");
const program = join(root, "target/debug/sporbar");
const browserPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
let passed = 0, failed = 0;

function check(name, fault) {
  if (fault) { failed++; console.log(`not ok  ${name}: ${fault}`); } else { passed++; console.log(`ok      ${name}`); }
}

// --- valid HTML ---
function htmlIsValid() {
  const jar = require.resolve("vnu-jar/build/dist/vnu.jar");
  try {
    execFileSync("java", ["-jar", jar, "--skip-non-html", "--errors-only", "--format", "text", site], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 });
    check("every page is valid HTML");
  } catch (error) {
    check("every page is valid HTML", (error.stderr || error.message).split("\n").slice(0, 12).join("\n"));
  }
}

// --- a server for the built files, as strict as the published site ---
const policy = readFileSync(join(root, "netlify.toml"), "utf8").match(/Content-Security-Policy = "([^"]+)"/)[1];
const types = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json", ".csv": "text/csv", ".xml": "application/xml", ".txt": "text/plain", ".js": "text/javascript", ".png": "image/png" };
function serve() {
  const server = createServer((request, response) => {
    let path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    if (path.endsWith("/")) path += "index.html";
    const file = join(site, path);
    const there = file.startsWith(site) && existsSync(file) && statSync(file).isFile();
    response.writeHead(there ? 200 : 404, { "content-type": types[extname(file)] ?? "application/octet-stream", "content-security-policy": policy });
    response.end(there ? readFileSync(file) : "");
  });
  return new Promise((ready) => server.listen(0, "127.0.0.1", () => ready([server, `http://127.0.0.1:${server.address().port}`])));
}

// One page of every kind, in every language: the pages themselves say what kind they are, by their place.
const pages = ["/", "/404.html",
  ...["da", "en"].map((code) => `/${code}/`),
  "/da/strategi/", "/en/strategy/2021/", "/da/strategi/2024/", "/en/strategy/2021/themes/research/", "/da/initiativer/", "/da/initiativer/2021-37/", "/en/initiatives/2024-05/", "/da/initiativer/2024-44/",
  "/en/recommendations/", "/da/anbefalinger/r1/", "/en/funding/", "/da/oekonomi/2021/", "/en/funding/2024/", "/da/sporbarhed/", "/en/traceability/", "/da/aktoerer/", "/en/actors/danske-regioner/", "/da/om/", "/en/about/sources/", "/da/om/metode/",
  "/da/strategi/2024/punkter/", "/en/figures/", "/da/noegletal/", "/en/key-figures/", "/da/tidslinje/", "/en/people/", "/da/ordliste/", "/da/soeg/", "/en/search/", "/da/data/", "/en/data/", "/da/aendringer/", "/en/changes/", "/da/om/skriv-poster/", "/en/about/writing-records/", "/da/404.html", "/en/404.html", "/da/strategi/2021/bedre-brug-af-sundhedsdata/", "/en/strategy/2021/themes/research/"];

async function reading(base, browser) {
  const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  for (const [width, colorScheme] of [[360, "light"], [1280, "dark"], [1280, "light"], [320, "dark"]]) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    const faults = [];
    page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
    // What the next page cuts off, for instance the icon, did not fail.
    page.on("requestfailed", (request) => { if (request.failure()?.errorText !== "net::ERR_ABORTED") faults.push(`${request.url()} failed`); });
    for (const path of pages) {
      const answer = await page.goto(base + path);
      if (!answer.ok()) faults.push(`${path} answers ${answer.status()}`);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (sideways > 0) faults.push(`${path} scrolls sideways by ${sideways}`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
      for (const violation of violations) faults.push(`${path}: ${violation.id} at ${violation.nodes[0].target} (${violation.help})`);
    }
    check(`${pages.length} pages at ${width} px, ${colorScheme}: no violation, no sideways scrolling, nothing missing`, faults.slice(0, 10).join("\n"));
    await context.close();
  }
}

async function wayfinding(base, browser) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${base}/da/initiativer/2024-05/`);
  await page.click("nav.languages a[hreflang=en]");
  check("the language switch keeps the page", page.url().endsWith("/en/initiatives/2024-05/") ? "" : page.url());
  await page.goto(`${base}/en/traceability/#r3-2.2024-05`);
  const cell = page.locator("[id='r3-2.2024-05']");
  check("a link of the matrix has an address", (await cell.count()) === 1 && (await cell.innerText()).includes("2024-05") ? "" : "no such cell");
  await cell.locator("a").first().click();
  check("the matrix leads to the evidence", page.url().endsWith("/en/recommendations/r3/#r3-2.2024-05") ? "" : page.url());
  await page.locator("[id='r3-2.2024-05'] a").first().click();
  check("the evidence leads to the initiative", page.url().endsWith("/en/initiatives/2024-05/") ? "" : page.url());
  await page.click("text=R3.2");
  check("the initiative leads back to the proposal", page.url().endsWith("/en/recommendations/r3/#r3-2") ? "" : page.url());
  await page.goto(`${base}/da/oekonomi/2021/`);
  const sums = await page.locator("tfoot tr").first().locator("td").allInnerTexts();
  check("the appendix adds up in Danish", sums.slice(1).join(" ") === "70,0 100,4 100,4" ? "" : sums.join(" "));
  await page.goto(`${base}/en/`);
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement.className).catch(() => "");
  check("the first key press offers to skip to the content", first === "skip" ? "" : `focus is on ${first}`);
  await context.close();
}

if (!browserPath) { console.log("no Chromium: install the package `chromium`"); process.exit(1); }
if (!existsSync(site) || readdirSync(site).length === 0) { console.log("no built site in public/"); process.exit(1); }
htmlIsValid();
const [server, base] = await serve();
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
try {
  await reading(base, browser);
  await wayfinding(base, browser);
  await readingAsPeopleDo(base, browser, check);
  await search(base, browser, check);
  await headers(check, browser, root, site, pages, types);
  await matrix(base, browser, check);
  await preview(browser, check, root, program);
} finally {
  await browser.close();
  server.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
