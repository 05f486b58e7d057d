// SPDX-License-Identifier: Apache-2.0
// node render.mjs SCRATCH, in the directory of the packages, with JSON on standard input:
//   {"prometheus": URL, "scrape": SECONDS, "from": "now-15m", "to": "now", "themes": ["dark"], "width": 1600,
//    "pictures": FOLDER, "dashboards": [FILE, ...]}
// renders each dashboard in each theme to FOLDER/NAME-THEME.png and prints JSON: for each the panels (state, error,
// displayed text), the queries sent, and errors of the page. Binds to loopback only; reads only those files.
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const PACKAGES = process.cwd();
const scratch = process.argv[2];
const wanted = JSON.parse(fs.readFileSync(0, 'utf8'));
const ask = createRequire(`${PACKAGES}/`);
const PATIENCE = 120_000;
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };
const NO_ICON = '<svg xmlns="http://www.w3.org/2000/svg"/>';
const PAGE = '<!doctype html><meta charset="utf-8"><base href="/"><link rel="icon" href="data:,"><link rel="stylesheet" href="/out/page.css">'
  + '<style>html{font-size:14px}body{margin:0}</style><div id="root"></div><script type="module" src="/out/page.js"></script>';

async function bundle() {
  await ask('esbuild').build({
    entryPoints: [path.join(HERE, 'src/page.tsx')], bundle: true, outdir: path.join(scratch, 'out'), format: 'esm', splitting: true, minify: true,
    jsx: 'automatic', nodePaths: [path.join(PACKAGES, 'node_modules')], logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"', 'process.env': '{}', global: 'window' },
    loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff2': 'dataurl', '.woff': 'dataurl', '.ttf': 'dataurl' },
    // No such package is published for this React; its contents are in the newer one.
    alias: { 'react-router-dom-v5-compat': 'react-router-dom' },
  });
}

/** The file behind an address of the page, or nothing. */
function fileOf(address) {
  const modules = path.join(PACKAGES, 'node_modules');
  const font = address.match(/^\/public\/fonts\/inter\/Inter-(Regular|Medium)\.woff2$/);
  if (font) return path.join(modules, `@fontsource/inter/files/inter-latin-${font[1] === 'Regular' ? 400 : 500}-normal.woff2`);
  const board = address.match(/^\/dashboards\/(\d+)$/);
  if (board) return wanted.dashboards[Number(board[1])];
  if (address.startsWith('/out/')) return path.join(scratch, path.normalize(address));
  if (address.startsWith('/public/build/')) return path.join(modules, '@grafana/ui/dist/public', path.normalize(address.slice(13)));
  if (address.startsWith('/public/')) return path.join(modules, '@grafana/ui/dist', path.normalize(address));
  return undefined;
}

async function serve() {
  const server = http.createServer((request, response) => {
    const address = new URL(request.url, 'http://page').pathname;
    if (address === '/') return response.setHeader('Content-Type', 'text/html').end(PAGE);
    const file = fileOf(address);
    // The package lacks some icons of its own buttons, none of which are shown.
    if (address.includes('/img/icons/') && !fs.existsSync(file)) return response.setHeader('Content-Type', TYPES['.svg']).end(NO_ICON);
    if (!file || !fs.existsSync(file)) return response.writeHead(404).end();
    response.setHeader('Content-Type', TYPES[path.extname(file)] ?? 'application/octet-stream');
    return response.end(fs.readFileSync(file));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

/** What has its data is drawn in the frames that follow, which nothing announces: until nothing changes. */
const quiet = () => new Promise((done) => {
  let timer = setTimeout(done, 700);
  new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(done, 700); })
    .observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
});

/** One dashboard in one theme: the picture is written, the rest is told. */
async function draw(browser, base, index, theme) {
  const page = await browser.newPage({ viewport: { width: wanted.width, height: 1200 }, timezoneId: 'UTC' });
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text().slice(0, 400)));
  page.on('pageerror', (error) => complaints.push(String(error.stack).slice(0, 800)));
  page.on('response', (answer) => answer.status() >= 400 && complaints.push(`${answer.status()} ${answer.url()}`));
  const query = new URLSearchParams({ dashboard: `/dashboards/${index}`, prometheus: wanted.prometheus, scrape: wanted.scrape, theme,
    from: wanted.from, to: wanted.to });
  await page.goto(`${base}/?${query}`);
  const settled = () => window.fatal || (window.report?.().panels.length
    && window.report().panels.every((one) => one.error || one.state === 'Done' || one.state === 'Error'));
  await page.waitForFunction(settled, null, { timeout: PATIENCE });
  await page.evaluate(quiet);
  // Tables render only visible rows.
  await page.setViewportSize({ width: wanted.width, height: await page.evaluate(() => document.documentElement.scrollHeight) });
  await page.evaluate(quiet);
  const found = await page.evaluate(() => ({ fatal: window.fatal ?? null, ...(window.report?.() ?? { panels: [], asked: [] }) }));
  const name = path.basename(wanted.dashboards[index], '.json');
  await page.screenshot({ path: path.join(wanted.pictures, `${name}-${theme}.png`), fullPage: true });
  for (const panel of found.panels) {
    const place = page.locator(`[data-viz-panel-key="${panel.key}"]`).first();
    panel.text = (await place.count()) ? (await place.innerText()).replace(/\s+/g, ' ') : '';
  }
  await page.close();
  return { name, theme, complaints, ...found };
}

await bundle();
const server = await serve();
const { chromium } = ask('playwright-core');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const out = [];
  for (const theme of wanted.themes) {
    for (const index of wanted.dashboards.keys()) {
      out.push(await draw(browser, `http://127.0.0.1:${server.address().port}`, index, theme));
    }
  }
  console.log(JSON.stringify(out));
} finally {
  await browser.close();
  server.close();
}
