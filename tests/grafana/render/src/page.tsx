// SPDX-License-Identifier: Apache-2.0
// A page that shows one dashboard, rendered by Grafana's UI libraries without a Grafana server. The URL selects
// dashboard, Prometheus, theme and time range; window.report() returns the result.
import './boot';
import { EventBusSrv, FieldType, LoadingState, ThemeContext, createTheme, toDataFrame } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { config, setAppEvents, setDataSourceSrv, setPluginImportUtils, setRunRequest, setTemplateSrv } from '@grafana/runtime';
import { VizPanel, sceneGraph, sceneUtils } from '@grafana/scenes';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import React from 'react';
import { MemoryRouter } from 'react-router-dom';
import { from as observed, of } from 'rxjs';
import { catchError, map } from 'rxjs/operators';
import { KINDS } from './panels';
import { Prometheus, asked } from './prometheus';
import { fillRegistries } from './registries';
import { sceneOf } from './scene';

declare global {
  interface Window { report?: () => unknown; fatal?: string }
}

const SETTINGS: any = {
  id: 1, uid: 'prometheus', name: 'Prometheus', type: 'prometheus', access: 'proxy', jsonData: {}, isDefault: true,
  meta: { id: 'prometheus', name: 'Prometheus', type: 'datasource', info: { logos: { small: '', large: '' } } },
};

/** Several values as a pattern, as Grafana's Prometheus gets them. */
const asPattern = (value: unknown) => (Array.isArray(value) ? (value.length === 1 ? `${value[0]}` : `(${value.join('|')})`) : `${value}`);

/** The services that Grafana's app gives its libraries, as far as dashboards need them. */
function serve(source: Prometheus, scene: any) {
  setAppEvents(new EventBusSrv());
  setDataSourceSrv({ get: async () => source, getInstanceSettings: () => SETTINGS, getList: () => [SETTINGS], reload() {},
    registerRuntimeDataSource() {} } as never);
  setTemplateSrv({ replace: (text: string, scoped: never, format: never) => text && sceneGraph.interpolate(scene, text, scoped, format),
    getVariables: () => [], containsTemplate: (text: string) => /\$/.test(text ?? ''), updateTimeRange() {} } as never);
  setRunRequest(((one: Prometheus, request: any) => observed(one.query(request)).pipe(
    map((answer: any) => ({ state: answer.error ? LoadingState.Error : LoadingState.Done, series: answer.data.map(toDataFrame),
      errors: answer.errors, error: answer.error, timeRange: request.range, request })),
    catchError((error: Error) => of({ state: LoadingState.Error, series: [], error: { message: error.message }, timeRange: request.range,
      request })))) as never);
  setPluginImportUtils({ importPanelPlugin: async (id: string) => { throw new Error(`no panel of the kind ${id}`); },
    getPanelPluginFromCache: () => undefined } as never);
}

/** What each panel has come to, and every query as it was sent. */
function reportOf(scene: any) {
  const panels: unknown[] = [];
  const walk = (one: any) => {
    if (one instanceof VizPanel) {
      const data: any = sceneGraph.getData(one).state.data;
      const numbers = (data?.series ?? []).flatMap((frame: any) => frame.fields.filter((field: any) => field.type !== FieldType.time));
      panels.push({ key: one.state.key, kind: one.state.pluginId, title: one.state.title, state: data?.state ?? 'none', fields: numbers.length,
        error: data?.error?.message ?? (one.state as any)._pluginLoadError ?? null });
    }
    one.forEachChild?.(walk);
  };
  walk(scene);
  return { panels, asked };
}

async function show() {
  const query = new URLSearchParams(location.search);
  const theme = createTheme({ colors: { mode: query.get('theme') as 'dark' | 'light' } });
  Object.assign(config, { theme2: theme, theme: theme.v1 });
  await initPluginTranslations('holdfast');
  fillRegistries();
  for (const [id, make] of Object.entries(KINDS)) sceneUtils.registerRuntimePanelPlugin({ pluginId: id, plugin: make() });
  for (const [weight, file] of [[400, 'Regular'], [500, 'Medium']]) {
    const face = new FontFace('Inter', `url(/public/fonts/inter/Inter-${file}.woff2)`, { weight: `${weight}` });
    document.fonts.add(await face.load());
  }
  const dashboard = await (await fetch(query.get('dashboard')!)).json();
  const scene = sceneOf(dashboard, query.get('from')!, query.get('to')!);
  const interpolate = (text: string, scoped?: any) =>
    sceneGraph.interpolate(scoped?.__sceneObject?.value?.valueOf?.() ?? scene, text, scoped, asPattern as never);
  serve(new Prometheus(SETTINGS as never, query.get('prometheus')!, Number(query.get('scrape')), interpolate), scene);
  window.report = () => reportOf(scene);
  const Scene = scene.Component as React.ComponentType<{ model: unknown }>;
  createRoot(document.getElementById('root')!).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <MemoryRouter>
        <div style={{ padding: 16, background: theme.colors.background.canvas, minHeight: '100vh' }}>
          <h3 style={{ margin: '0 0 8px' }}>{dashboard.title}</h3>
          <Scene model={scene} />
        </div>
        <PortalContainer />
      </MemoryRouter>
    </ThemeContext.Provider>);
}

show().catch((error) => { window.fatal = String(error?.stack ?? error); });
