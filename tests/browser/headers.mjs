// That the pages need no more than the headers of netlify.toml allow. In: the built site and netlify.toml. Out: faults, in words.
// Serves the site with exactly those headers, so that a browser reports whatever they forbid.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { pages, visit } from "./visit.mjs";

// The header blocks of netlify.toml, in order: an address, which may end in *, and its headers.
export function rules(toml) {
  return toml.split("[[headers]]").slice(1).map((block) => {
    const body = block.split(/^\[\[/m)[0];
    const values = [...body.matchAll(/^\s+([\w-]+) = "(.*)"$/gm)].map(([, name, value]) => [name, value]);
    return { from: body.match(/^\s*for = "(.*)"$/m)[1], values };
  });
}

function headersOf(path, blocks) {
  const holds = ({ from }) => from.endsWith("*") ? path.startsWith(from.slice(0, -1)) : path === from;
  return Object.fromEntries(blocks.filter(holds).flatMap(({ values }) => values));
}

// What must stand in netlify.toml, whatever else does.
const needed = {
  "Content-Security-Policy": /^default-src 'none'; /,
  "Strict-Transport-Security": /max-age=\d{8}/,
  "Referrer-Policy": /origin/,
  "X-Content-Type-Options": /^nosniff$/,
  "Cross-Origin-Opener-Policy": /^same-origin$/,
  "Cross-Origin-Resource-Policy": /^same-origin$/,
  "Permissions-Policy": /camera=\(\)/,
};

// Every page as text: nothing inline that could run or style.
function inline(site) {
  const faults = [];
  for (const name of readdirSync(site, { recursive: true }).filter((name) => name.endsWith(".html"))) {
    const html = readFileSync(join(site, name), "utf8");
    const text = html.replace(/<script type="application\/ld\+json">[^<]*<\/script>/g, "");
    for (const [pattern, noun] of [[/<script(?![^>]* src="\/)[^>]*>/i, "an inline script"], [/<[a-z][^>]*\sstyle\s*=/i, "an inline style"], [/<style/i, "a style element"], [/<[a-z][^>]*\son[a-z]+\s*=/i, "an event handler"], [/(?:href|src|action)="\s*(?:javascript|data|vbscript):/i, "an address that runs"]]) {
      const found = text.match(pattern);
      if (found) faults.push(`${name} has ${noun}: ${found[0].slice(0, 80)}`);
    }
  }
  return faults;
}

export async function headers(check, browser, root, site, types) {
  const blocks = rules(readFileSync(join(root, "netlify.toml"), "utf8"));
  const all = headersOf("/", blocks);
  const missing = Object.entries(needed).filter(([name, pattern]) => !pattern.test(all[name] ?? "")).map(([name]) => name);
  if (/unsafe-|\*/.test(all["Content-Security-Policy"])) missing.push("a policy without unsafe-* and without *");
  check("netlify.toml has every header of a strict site", missing.join(", "));
  // A language's own page stands where nothing is found below its address.
  const toml = readFileSync(join(root, "netlify.toml"), "utf8");
  const codes = readdirSync(site).filter((name) => existsSync(join(site, name, "404.html")));
  const lost = codes.filter((code) => !toml.includes(`from = "/${code}/*"\n  to = "/${code}/404.html"\n  status = 404`));
  check("what is not found is said in the language of the address", codes.length > 1 ? lost.join(", ") : "no language has such a page");
  check("no page has a script, a style or a handler inside", inline(site).slice(0, 10).join("\n"));

  const server = createServer((request, response) => {
    let path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const sent = headersOf(path, blocks);
    if (path.endsWith("/")) path += "index.html";
    const file = join(site, path);
    const there = file.startsWith(site) && existsSync(file) && statSync(file).isFile();
    response.writeHead(there ? 200 : 404, { ...sent, "content-type": types[extname(file)] ?? "application/octet-stream" });
    response.end(there ? readFileSync(file) : "");
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const base = `http://127.0.0.1:${server.address().port}`;
  const faults = await visit(browser, base, pages, {}, async (page, path) => {
    await page.waitForLoadState("networkidle");
    const data = await page.evaluate(() => [...document.querySelectorAll("script[type='application/ld+json']")].map((script) => JSON.parse(script.textContent)["@graph"].length));
    return path !== "/" && !path.endsWith("/404.html") && data.length !== 1 ? [`has ${data.length} pieces of structured data`] : [];
  });
  check(`${pages.length} pages with exactly the headers of netlify.toml: nothing is forbidden that they need`, faults);
  // The check itself must be able to fail: what the policy forbids is reported.
  let title;
  const reported = await visit(browser, base, ["/da/"], {}, async (page) => {
    await page.evaluate(() => { const script = document.createElement("script"); script.textContent = "document.title = 'ran'"; document.head.append(script); });
    await page.waitForTimeout(100);
    title = await page.title();
  });
  check("an inline script is stopped, and somebody notices", title !== "ran" && /inline script/.test(reported) ? "" : `${title === "ran" ? "it ran" : "it was stopped"}; reported is: ${reported}`);
  server.close();
}
