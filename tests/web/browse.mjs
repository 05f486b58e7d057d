// SPDX-License-Identifier: Apache-2.0
// Opens pages in the system's Chromium and prints problems as JSON.
//   browse.mjs FOLDER < {"pages": [{"name", "url", "shoot"}]}    every width, light and dark
//   browse.mjs --poll URL TEXT                                   waits until the page shows TEXT without a reload
// FOLDER gets screenshots. Run in the directory of node_modules; CHROMIUM names the browser.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const require = createRequire(path.join(process.cwd(), "here.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const widths = [1440, 768, 390];
const patience = 30_000;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
});

// A page that records console messages and errors.
async function open(context, url) {
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(url).origin) && !request.url().startsWith("file:")) {
      complaints.push(`asks ${request.url()}`);
    }
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(url, { timeout: patience });
  return { page, complaints };
}

async function judge(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  return violations
    .filter((each) => ["serious", "critical"].includes(each.impact))
    .map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html).join(" ")}`);
}

async function visit(each, folder) {
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    for (const width of widths) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
      const { page, complaints } = await open(context, each.url);
      const { overflow, ground, text } = await page.evaluate(() => ({
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        ground: getComputedStyle(document.body).backgroundColor,
        text: document.body.innerText,
      }));
      const shot = path.join(folder, `${each.name}-${width}-${colorScheme}.png`);
      await page.screenshot({ path: shot, fullPage: each.whole ?? false });
      found.push({ name: each.name, width, colorScheme, overflow, ground, text, shot,
        violations: await judge(page), complaints });
      await context.close();
    }
  }
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(each.url, { timeout: patience });
  found[0].withoutScript = await page.locator("body").innerText();
  await context.close();
  return found;
}

if (process.argv[2] === "--poll") {
  const context = await browser.newContext();
  const { page, complaints } = await open(context, process.argv[3]);
  await page.evaluate(() => { window.sameDocument = true; });
  console.log("open");
  await page.waitForFunction((text) => document.body.innerText.includes(text), process.argv[4],
    { timeout: 2 * patience });
  const sameDocument = await page.evaluate(() => window.sameDocument === true);
  console.log(JSON.stringify({ sameDocument, complaints }));
} else {
  const { pages } = JSON.parse(readFileSync(0, "utf8"));
  const found = [];
  for (const each of pages) found.push(...(await visit(each, process.argv[2])));
  console.log(JSON.stringify(found));
}
await browser.close();
