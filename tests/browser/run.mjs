// Opens the built site as a reader does. In: the built site and the program. Out: a line for each check, and exit code 1
// where one fails. Talks to this machine only.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { reading } from "./reading.mjs";
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
  await reading(base, browser, check);
  await wayfinding(base, browser);
  await search(base, browser, check);
  await headers(check, browser, root, site, types);
  await matrix(base, browser, check);
  await preview(browser, check, root, program);
} finally {
  await browser.close();
  server.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
