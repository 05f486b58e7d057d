// SPDX-License-Identifier: Apache-2.0
// node check.mjs TYPES FILE...: checks dashboards against Grafana's own types, of the newest and the oldest
// supported version, and against the registries of @grafana/data: units, reducers, transformations, matchers,
// colours. Prints each error as {file, where, what} in one JSON list. The working directory contains node_modules.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

globalThis.navigator ??= { language: 'en-US', languages: ['en-US'] };
const require = createRequire(path.join(process.cwd(), 'package.json'));
const ts = require('typescript');
const grafana = require('@grafana/data');

const SCHEMAS = ['@grafana/schema', 'schema11'];
const [types, ...files] = process.argv.slice(2);
const faults = [];

function panelsOf(dashboard) {
  return dashboard.panels.flatMap((one) => (one.type === 'row' ? one.panels ?? [] : [one]));
}

/** A statement a panel: an error is then about that panel's own type, and unknown keys are errors,
 *  which they are in a fresh literal only. */
function asTypeScript(dashboard) {
  const rows = dashboard.panels.filter((one) => one.type === 'row').map((one) => ({ ...one, panels: [] }));
  const parts = [
    "import type { DashboardJson, PanelOf } from './types';",
    `export const dashboard: DashboardJson = ${JSON.stringify({ ...dashboard, panels: rows }, null, 1)};`,
  ];
  panelsOf(dashboard).forEach((one, i) => parts.push(
    `export const panel${i}: PanelOf<${JSON.stringify(one.type)}> = ${JSON.stringify(one, null, 1)};`));
  return parts.join('\n');
}

function checkTypes(schema) {
  const folder = fs.mkdtempSync(path.join(process.cwd(), 'types-'));
  try {
    fs.copyFileSync(types, path.join(folder, 'types.ts'));
    const names = files.map((file, i) => {
      const name = path.join(folder, `dashboard${i}.ts`);
      fs.writeFileSync(name, asTypeScript(JSON.parse(fs.readFileSync(file, 'utf8'))));
      return name;
    });
    // By paths, since the modules of a version refer to each other as @grafana/schema, too.
    const home = path.join(process.cwd(), 'node_modules', schema);
    const index = require(path.join(home, 'package.json')).types;
    const program = ts.createProgram(names, {
      paths: { '@grafana/schema': [path.join(home, index)], '@grafana/schema/*': [path.join(home, '*')] },
      strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
    });
    for (const one of ts.getPreEmitDiagnostics(program)) {
      const at = names.indexOf(one.file?.fileName);
      const line = one.file && at >= 0 ? one.file.text.slice(0, one.start).split('\n').pop()
        + one.file.text.slice(one.start).split('\n')[0] : '';
      faults.push({ file: files[at] ?? 'types', where: `${schema}: ${line.trim()}`,
        what: ts.flattenDiagnosticMessageText(one.messageText, ' ').slice(0, 300) });
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const units = new Set(grafana.getValueFormats().flatMap((group) => group.submenu.map((one) => one.value)));
const reducers = new Set(grafana.fieldReducers.list().map((one) => one.id));
const transformers = new Set(Object.values(grafana.standardTransformers).map((one) => one.id));
const matchers = new Set(grafana.fieldMatchers.list().map((one) => one.id));
const colours = new Set(grafana.createTheme().visualization.hues
  .flatMap((hue) => hue.shades.flatMap((one) => [one.name, ...(one.aliases ?? [])]))
  .concat(['transparent', 'text']));
const TRANSFORMATION_OPTIONS = {
  organize: ['excludeByName', 'renameByName', 'indexByName'], joinByField: ['byField', 'mode'], merge: [],
};

function lint(file) {
  const dashboard = JSON.parse(fs.readFileSync(file, 'utf8'));
  const say = (where, what) => faults.push({ file, where, what });
  const variables = dashboard.templating.list;
  const known = new Set(variables.map((one) => one.name));
  if (variables[0]?.type !== 'datasource') say('variables', 'the data source is not the first');
  for (const one of variables) {
    if (!one.label) say(one.name, 'no label');
    if (one.type === 'query' && one.refresh !== 2) say(one.name, 'not refreshed with the time range');
  }
  for (const key of ['uid', 'title', 'description', 'refresh', 'timezone']) {
    if (!dashboard[key]) say('dashboard', `no ${key}`);
  }
  const ids = new Set();
  for (const one of dashboard.panels.flatMap((each) => [each, ...(each.panels ?? [])])) {
    if (ids.has(one.id)) say(one.title, `id ${one.id} twice`);
    ids.add(one.id);
  }
  overlaps(dashboard.panels, say);
  panelsOf(dashboard).forEach((one) => lintPanel(one, known, say));
}

function overlaps(panels, say) {
  const taken = new Map();
  for (const { title, gridPos: { x, y, w, h } } of panels) {
    if (x + w > 24) say(title, 'wider than the 24 columns');
    for (let i = x; i < x + w; i += 1) {
      for (let j = y; j < y + h; j += 1) {
        if (taken.has(`${i},${j}`)) { say(title, `overlaps ${taken.get(`${i},${j}`)}`); return; }
        taken.set(`${i},${j}`, title);
      }
    }
  }
}

function lintPanel(panel, known, say) {
  const { defaults, overrides } = panel.fieldConfig;
  const complain = (what) => say(panel.title, what);
  const values = [defaults, ...overrides.map((one) => Object.fromEntries(
    one.properties.map((each) => [each.id, each.value])))];
  for (const one of values) {
    if (one.unit !== undefined && !units.has(one.unit)) complain(`unknown unit ${one.unit}`);
    const named = [...(one.thresholds?.steps ?? []), ...(one.mappings ?? []).flatMap(
      (each) => Object.values(each.options))].map((each) => each.color).concat(one.color?.fixedColor);
    for (const colour of named) {
      if (colour !== undefined && !colours.has(colour)) complain(`unknown colour ${colour}`);
    }
  }
  if (!defaults.unit && !defaults.mappings?.length && !['table', 'heatmap'].includes(panel.type)) {
    complain('neither a unit nor words');
  }
  for (const one of overrides) if (!matchers.has(one.matcher.id)) complain(`unknown matcher ${one.matcher.id}`);
  for (const one of [...(panel.options.reduceOptions?.calcs ?? []), ...(panel.options.legend?.calcs ?? [])]) {
    if (!reducers.has(one)) complain(`unknown reducer ${one}`);
  }
  for (const { id, options } of panel.transformations ?? []) {
    if (!transformers.has(id)) complain(`unknown transformation ${id}`);
    const extra = Object.keys(options).filter((key) => !TRANSFORMATION_OPTIONS[id]?.includes(key));
    if (extra.length) complain(`unknown option ${extra} of ${id}`);
  }
  for (const one of [panel, ...panel.targets]) {
    if (one.datasource?.uid !== '${datasource}') complain('not the data source that was chosen');
  }
  if (new Set(panel.targets.map((one) => one.refId)).size !== panel.targets.length) complain('a refId twice');
  for (const one of panel.targets) {
    if (!one.legendFormat && !['table', 'heatmap'].includes(panel.type)) complain('no legend');
    for (const [, name] of (one.expr ?? '').matchAll(/\$\{?(\w+)/g)) {
      if (!known.has(name) && !/^__(rate_interval|range)$/.test(name)) complain(`unknown variable ${name}`);
    }
  }
}

SCHEMAS.forEach(checkTypes);
files.forEach(lint);
console.log(JSON.stringify(faults));
