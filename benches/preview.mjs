// How long it takes from saving a record to seeing it in the browser. Median of 20 saves, in milliseconds.
//
//   cargo build --release && node benches/preview.mjs [program] [folder of a site] [record] [page]
//
// Without a folder: a copy of the real site. The clock runs from before the file is written until a frame shows the new
// title. Chromium and the modules of tests/browser must be there.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { copy, start, stop } from "../tests/browser/preview.mjs";

const root = new URL("..", import.meta.url).pathname;
const { chromium } = createRequire(join(root, "tests/browser/preview.mjs"))("playwright-core");
const [program = join(root, "target/release/sporbar"), given, record = "data/initiatives/2021/19.yaml", path = "/en/initiatives/2021-19/"] = process.argv.slice(2);
const browserPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const folder = given ?? copy(root);
const file = join(folder, record);
const original = readFileSync(file, "utf8");
const { server, base } = await start(program, folder, ["--port", "0"]);
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });
try {
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
  const times = [];
  for (let run = -3; run < 20; run++) {
    const title = `Saved ${run} ${Date.now()}`;
    const shown = new Promise((ready) => { seen = (text) => { if (text === title) ready(performance.now()); }; });
    const text = original.replace(/^(title: \{.*\ben: )[^,}]*|^( +en: ).*$/m, `$1$2${title}`);
    await new Promise((rest) => setTimeout(rest, 400));
    const before = performance.now();
    writeFileSync(file, text);
    const after = await shown;
    if (run >= 0) times.push(after - before);
  }
  times.sort((a, b) => a - b);
  console.log(`median ${times[10].toFixed(0)} ms, fastest ${times[0].toFixed(0)}, slowest ${times.at(-1).toFixed(0)}`);
} finally {
  await browser.close();
  await stop(server);
  writeFileSync(file, original);
  if (!given) rmSync(folder, { recursive: true, force: true });
}
