// The preview as an editor has it open all day. In: a browser, the program, the folder of the site. Out: a line for each check.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const patient = { timeout: 30000 };

/** A preview in a process of its own, once it has said where it is. */
export function start(program, folder, options = []) {
  const server = spawn(program, ["--root", folder, "serve", ...options], { stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((ready, refuse) => {
    let text = "";
    server.stderr.on("data", (data) => { text += data; const found = text.match(/http:\/\/\S+:\d+/); if (found) ready({ server, base: found[0] }); });
    server.on("exit", () => refuse(new Error(`the preview ended: ${text}`)));
  });
}

export function stop(server) {
  return new Promise((ended) => { server.once("exit", (code) => ended(code)); server.kill("SIGINT"); });
}

/** A copy of the site in a folder of its own. */
export function copy(root) {
  const folder = mkdtempSync(join(tmpdir(), "sporbar-preview-"));
  for (const part of ["data", "content", "themes"]) cpSync(join(root, part), join(folder, part), { recursive: true });
  return folder;
}

export async function preview(browser, check, root, program) {
  const folder = copy(root);
  let { server, base } = await start(program, folder, ["--port", "0"]);
  const context = await browser.newContext();
  const faults = [];
  const opened = async (path, into = context) => {
    const page = await into.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(base + path);
    await page.locator("sporbar-preview .bar").waitFor({ state: "attached", ...patient });
    return page;
  };
  const file = join(folder, "data/initiatives/2021/19.yaml");
  const original = readFileSync(file, "utf8");
  const titled = (title) => writeFileSync(file, original.replace(/^( +en: ).*$/m, `$1${title}`));
  const heading = (page, text) => page.waitForFunction((text) => document.querySelector("h1")?.textContent === text, text, patient);
  const overlay = (page) => page.locator("sporbar-preview .overlay");
  // The bar remembers that it was unfolded; a click before it is there would fold it.
  const unfolded = async (page) => {
    const bar = page.locator("sporbar-preview details.bar");
    await bar.waitFor({ state: "attached", ...patient });
    if (!(await bar.evaluate((bar) => bar.open))) await bar.locator("summary").click();
    await page.locator("sporbar-preview #follows").waitFor(patient);
  };
  // The first request for an address is met. With `times: 1` Chromium would cease to intercept after it, and lose a request that is sent
  // at that moment, one in twenty; so the others are intercepted too, and sent on.
  const met = (page, address, first) => {
    let isFirst = true;
    return page.route(address, (route) => (isFirst ? ((isFirst = false), first(route)) : route.continue()));
  };
  const step = async (name, work) => {
    try { check(name, (await work()) || ""); } catch (error) { check(name, error.message.split("\n").slice(0, 3).join(" ")); }
  };
  try {
    const page = await opened("/en/initiatives/2021-19/");
    await step("a saved change shows itself", async () => {
      titled("A title that was just changed");
      await heading(page, "A title that was just changed");
    });
    await step("a page names its files and opens them in the editor", async () => {
      await page.locator("sporbar-preview summary").click();
      const link = await page.locator("sporbar-preview .files a").first().evaluate((link) => [link.textContent, link.href]);
      const expected = ["data/initiatives/2021/19.yaml", `vscode://file${folder}/data/initiatives/2021/19.yaml:1:1`];
      return String(link) === String(expected) ? "" : String(link);
    });
    await step("a mistake is explained on the last good page, as text, with a link to its place", async () => {
      writeFileSync(file, original.replace("theme: showcase", "theme: '<img src=x onerror=alert(1)>'\ntitel: shwocase"));
      await overlay(page).locator("li").nth(1).waitFor(patient);
      const texts = (await overlay(page).locator("li").allInnerTexts()).join("\n");
      const said = await overlay(page).locator("li").first().evaluate((li) => [...li.children].map((part) => part.textContent));
      const links = await overlay(page).locator("a").evaluateAll((links) => links.map((link) => link.href));
      const images = await page.evaluate(() => document.querySelector("sporbar-preview").shadowRoot.querySelectorAll("img").length);
      if (!texts.includes("<img src=x onerror=alert(1)>") || images) return `not escaped: ${texts}`;
      if (!links[0].startsWith(`vscode://file${folder}/data/initiatives/2021/19.yaml:`)) return links.join(" ");
      // What is wrong stands first, in words that wrap, then the place, its lines, and what to do.
      const [message, place, lines, help] = said;
      if (message !== "there is no theme <img src=x onerror=alert(1)> error E0021" || !place.startsWith("data/initiatives/2021/19.yaml:2:") || !lines.startsWith("2 | theme:") || help.startsWith("= help")) return JSON.stringify(said);
      const title = await page.locator("h1").innerText();
      return title === "A title that was just changed" ? "" : `the page is gone: ${title}`;
    });
    await step("the faults are accessible, in the light and the dark, at 360 px, and cannot be reached by a theme's styles", async () => {
      const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
      const found = [];
      for (const colorScheme of ["light", "dark"]) {
        const narrow = await browser.newContext({ viewport: { width: 360, height: 700 }, colorScheme, bypassCSP: true });
        const small = await opened("/en/initiatives/2021-19/", narrow);
        await overlay(small).waitFor(patient);
        await small.addStyleTag({ content: "body * { display: none !important; position: static !important; color: red !important; font-size: 3px !important; opacity: 0 !important; }" });
        const box = await overlay(small).boundingBox();
        if (!box || box.width < 350 || box.width > 361) found.push(`${colorScheme}: the faults are ${JSON.stringify(box)}`);
        if (await small.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) found.push("scrolls sideways");
        await small.evaluate(() => document.querySelector("style").remove());
        await small.evaluate(axe);
        const { violations } = await small.evaluate(() => globalThis.axe.run(document.querySelector("sporbar-preview"), { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
        found.push(...violations.map((one) => `${colorScheme}: ${one.id} ${one.nodes[0].target}`));
        await narrow.close();
      }
      return found.join("; ");
    });
    await step("the site is read on under the faults, which fold away and stay folded", async () => {
      await overlay(page).locator("button").focus();
      await page.keyboard.press("Enter");
      if (await overlay(page).locator(".list").isVisible()) return "they do not fold";
      await page.click("nav.languages a[hreflang=da]");
      await overlay(page).waitFor(patient);
      const folded = !(await overlay(page).locator(".list").isVisible());
      await page.goto(`${base}/en/initiatives/2021-19/`);
      return folded ? "" : "they unfold on the next page";
    });
    await step("what is mended goes away", async () => {
      writeFileSync(file, original);
      await overlay(page).waitFor({ state: "detached", ...patient });
      await page.waitForFunction(() => document.querySelector("h1").textContent !== "A title that was just changed", null, patient);
    });
    await step("a translation that is out of date is marked on its page, and said once", async () => {
      writeFileSync(file, original.replace(/^( +da: ).*$/m, "$1En titel, som ingen har oversat"));
      await page.locator("sporbar-preview .mark", { hasText: "translation out of date" }).waitFor(patient);
      const bar = await page.locator("sporbar-preview .bar").evaluate((bar) => [...bar.querySelectorAll("h2, .message")].map((part) => part.textContent));
      writeFileSync(file, original);
      await page.locator("sporbar-preview .mark").waitFor({ state: "detached", ...patient });
      const expected = ["This page is made from", "Its translations", "the text has changed since its translation into en was confirmed warning W0002"];
      return String(bar) === String(expected) ? "" : String(bar);
    });
    await step("a colour changes without a reload", async () => {
      await page.evaluate(() => { globalThis.survivor = true; });
      const tokens = join(folder, "themes/default/assets/tokens.css");
      writeFileSync(tokens, `${readFileSync(tokens, "utf8")}\n:root { --paper: rgb(1, 2, 3); }\n`);
      await page.waitForFunction(() => getComputedStyle(document.documentElement).getPropertyValue("--paper").includes("1, 2, 3") || getComputedStyle(document.documentElement).getPropertyValue("--paper").includes("#010203"), null, patient);
      await page.waitForFunction(() => document.querySelectorAll("link[rel=stylesheet]").length === 1, null, patient);
      return (await page.evaluate(() => globalThis.survivor)) ? "" : "the page was reloaded";
    });
    // The first page has no scripts and is put in the place of the old one; the scripts of the second have to run again.
    for (const [kind, at, survives] of [["put in place", "/en/data/", true], ["loaded again", "/en/traceability/", false]]) {
      await step(`scroll and open details stay when a page is ${kind}`, async () => {
        const reader = await opened(at);
        await reader.evaluate(() => document.querySelectorAll("details").forEach((details, at) => { details.open = at === 1; }));
        await reader.evaluate(() => scrollTo({ top: 400, behavior: "instant" }));
        const template = join(folder, "themes/default/templates/_base.html");
        const before = await reader.evaluate(() => { globalThis.survivor = true; return [scrollY, document.querySelectorAll("details").length]; });
        writeFileSync(template, readFileSync(template, "utf8").replace("</body>", `<p>A line: ${kind}</p></body>`));
        await reader.getByText(`A line: ${kind}`).waitFor({ state: "attached", ...patient });
        await reader.waitForFunction((y) => Math.abs(scrollY - y) < 2, before[0], patient);
        const [open, survived, bars] = await reader.evaluate(() => [[...document.querySelectorAll("details")].map((details) => details.open), globalThis.survivor === true, document.querySelectorAll("sporbar-preview").length]);
        await reader.close();
        const unfolded = !survives || (before[1] > 1 && open[1] && !open[0]);
        return unfolded && before[0] === 400 && survived === survives && bars === 1 ? "" : `${before} ${open} ${survived} ${bars}`;
      });
    }
    await step("the browser goes to the page of the file that was saved, unless it is told not to", async () => {
      const reader = await opened("/da/om/");
      titled("Gone to");
      await reader.waitForURL("**/da/initiativer/2021-19/", patient);
      await reader.locator("sporbar-preview .bar").waitFor({ state: "attached", ...patient });
      await reader.goto(`${base}/en/about/`);
      await unfolded(reader);
      await reader.locator("sporbar-preview #follows").uncheck();
      const asked = reader.waitForResponse((answer) => answer.url().includes("/_sporbar/news"), patient);
      titled("Not gone to");
      await asked;
      await reader.waitForTimeout(500);
      const stayed = reader.url().endsWith("/en/about/");
      await reader.reload();
      await unfolded(reader);
      const remembered = !(await reader.locator("sporbar-preview #follows").isChecked());
      await reader.locator("sporbar-preview #follows").check();
      await reader.close();
      return stayed && remembered ? "" : `stayed: ${stayed}, remembered: ${remembered}`;
    });
    await step("what is saved while the browser is on its way to another page takes it on", async () => {
      const reader = await opened("/en/about/");
      const [later, text] = [join(folder, "data/initiatives/2021/18.yaml"), "Saved on the way"];
      // A browser that is slow: it asks for the page when the next one has been saved and is there.
      await met(reader, "**/en/initiatives/2021-19/", async (route) => {
        writeFileSync(later, readFileSync(later, "utf8").replace(/^( +en: ).*$/m, `$1${text}`));
        while (!(await (await fetch(`${base}/en/initiatives/2021-18/`)).text()).includes(text)) await new Promise((ready) => setTimeout(ready, 20));
        await route.continue();
      });
      titled("Left for");
      await reader.waitForURL("**/en/initiatives/2021-18/", patient);
      await reader.close();
    });
    await step("a browser that looked away and back while its page did not come asks again", async () => {
      const reader = await opened("/en/initiatives/2021-19/");
      const looksAway = (away) => reader.evaluate((away) => {
        Object.defineProperty(document, "hidden", { value: away, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, away);
      // The page never comes; looking away ends the wait for it.
      await met(reader, "**/en/initiatives/2021-19/", async () => {
        await looksAway(true);
        await looksAway(false);
      });
      titled("Seen in the end");
      await heading(reader, "Seen in the end");
      await reader.close();
    });
    await step("a record that is renamed takes the browser with it", async () => {
      const at = (name, code) => join(folder, `content/about/${name}.${code}.md`);
      const reader = await opened("/en/about/");
      for (const code of ["da", "en"]) writeFileSync(at("a-draft", code), "---\ntitle: Draft\nsummary: Draft.\n---\n\nText.\n");
      await reader.waitForURL("**/en/about/a-draft/", patient);
      await heading(reader, "Draft");
      for (const code of ["da", "en"]) renameSync(at("a-draft", code), at("another-draft", code));
      await reader.waitForURL("**/another-draft/", patient);
      const old = await reader.request.get(`${base}/en/about/a-draft/`).then((answer) => answer.status());
      for (const code of ["da", "en"]) rmSync(at("another-draft", code));
      await reader.waitForFunction(() => document.title && !document.querySelector("h1")?.textContent.includes("Draft"), null, patient);
      await reader.close();
      return old === 404 ? "" : `the old address answers ${old}`;
    });
    await step("two browsers follow at once", async () => {
      const other = await browser.newContext();
      const pages = [await opened("/en/initiatives/2021-19/"), await opened("/en/initiatives/2021-19/", other)];
      titled("In two browsers");
      await Promise.all(pages.map((page) => heading(page, "In two browsers")));
      await other.close();
      await pages[0].close();
    });
    await step("a page recovers when the preview was away, with what changed meanwhile", async () => {
      const reader = await opened("/en/initiatives/2021-19/");
      const code = await stop(server);
      await reader.locator("sporbar-preview .waiting").waitFor(patient);
      titled("Changed while nobody looked");
      ({ server } = await start(program, folder, ["--port", new URL(base).port]));
      await heading(reader, "Changed while nobody looked");
      await reader.locator("sporbar-preview .waiting").waitFor({ state: "detached", ...patient });
      await reader.close();
      return code === 0 ? "" : `it ended with ${code}`;
    });
    check("nothing of the preview fails in the browser", faults.join("\n"));
  } catch (error) {
    check("the preview follows the files", error.message);
  } finally {
    await context.close();
    server.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}
