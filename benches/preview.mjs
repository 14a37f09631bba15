// How long it takes from saving a record until its page is served, and until it is seen in the browser. Median of 20 saves each,
// in milliseconds.
//
//   cargo build --release && node benches/preview.mjs [program] [folder of a site] [record] [page] [milliseconds of rest before a save]
//
// Without a folder: a copy of the real site. The clock runs from before the file is written until the server answers with the new
// title, asked again and again, and in a second round until a frame shows it. Chromium and the modules of tests/browser must be there.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { copy, start, stop } from "../tests/browser/preview.mjs";

const root = new URL("..", import.meta.url).pathname;
const { chromium } = createRequire(join(root, "tests/browser/preview.mjs"))("playwright-core");
const [program = join(root, "target/release/sporbar"), given, record = "data/initiatives/2021/19.yaml", path = "/en/initiatives/2021-19/", pause = "400"] = process.argv.slice(2);
const browserPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const folder = given ?? copy(root);
const file = join(folder, record);
const original = readFileSync(file, "utf8");
const rest = (milliseconds) => new Promise((ready) => setTimeout(ready, milliseconds));
const { server, base } = await start(program, folder, ["--port", "0"]);
let browser;
try {
  browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });
  const saved = async (seen) => {
    const times = [];
    for (let run = -3; run < 20; run++) {
      const title = `Saved ${run} ${Date.now()}`;
      const text = original.replace(/^(title: \{.*\ben: )[^,}]*|^( +en: ).*$/m, `$1$2${title}`);
      await rest(Number(pause));
      const shown = seen(title);
      const before = performance.now();
      writeFileSync(file, text);
      const after = await shown;
      if (run >= 0) times.push(after - before);
    }
    times.sort((a, b) => a - b);
    return `median ${((times[9] + times[10]) / 2).toFixed(0)} ms, fastest ${times[0].toFixed(0)}, slowest ${times.at(-1).toFixed(0)}`;
  };
  const served = async (title) => {
    while (!(await (await fetch(base + path)).text()).includes(title)) await rest(1);
    return performance.now();
  };
  console.log(`until it is served: ${await saved(served)}`);
  const page = await browser.newPage();
  let seen = () => {};
  await page.exposeFunction("benchSeen", (title) => seen(title));
  await page.addInitScript(() => {
    let last;
    const look = () => {
      const title = document.querySelector("h1")?.textContent;
      if (title && title !== last) globalThis.benchSeen(last = title);
      requestAnimationFrame(look);
    };
    look();
  });
  await page.goto(base + path);
  const drawn = (title) => new Promise((ready) => { seen = (text) => { if (text === title) ready(performance.now()); }; });
  console.log(`until it is seen: ${await saved(drawn)}`);
} finally {
  await browser?.close();
  await stop(server);
  writeFileSync(file, original);
  if (!given) rmSync(folder, { recursive: true, force: true });
}
