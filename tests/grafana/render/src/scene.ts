// SPDX-License-Identifier: Apache-2.0
// Converts a dashboard's JSON to a scene of @grafana/scenes: variables, annotations, rows and panels. Collapsed
// rows are expanded, so that their panels are tested.
import * as scenes from '@grafana/scenes';
import { ANNOTATION } from './frames';

type Json = any;

function variableOf(one: Json) {
  const common = { name: one.name, label: one.label, hide: one.hide ?? 0 };
  if (one.type === 'datasource') return new scenes.DataSourceVariable({ ...common, pluginId: one.query });
  if (one.type !== 'query') throw new Error(`a kind of variable that is not known here: ${one.type}`);
  return new scenes.QueryVariable({
    ...common, datasource: one.datasource, query: one.query, regex: one.regex, sort: one.sort, refresh: one.refresh, isMulti: one.multi,
    includeAll: one.includeAll, allValue: one.allValue, value: one.current?.value ?? '', text: one.current?.text ?? '',
  });
}

function panelOf(one: Json) {
  const queries = new scenes.SceneQueryRunner({ datasource: one.datasource, queries: one.targets, minInterval: one.interval });
  return new scenes.SceneGridItem({
    key: `grid-${one.id}`, x: one.gridPos.x, y: one.gridPos.y, width: one.gridPos.w, height: one.gridPos.h,
    body: new scenes.VizPanel({
      key: `panel-${one.id}`, title: one.title, description: one.description, pluginId: one.type, options: one.options,
      fieldConfig: one.fieldConfig,
      $data: new scenes.SceneDataTransformer({ $data: queries, transformations: one.transformations ?? [] }),
    }),
  });
}

function layersOf(dashboard: Json) {
  return dashboard.annotations.list.filter((one: Json) => !one.builtIn).map((one: Json) => new scenes.dataLayers.AnnotationsDataLayer({
    key: `annotations-${one.name}`, name: one.name, isEnabled: one.enable, isHidden: one.hide,
    query: { ...one, target: { refId: ANNOTATION, expr: one.expr, interval: one.step, titleFormat: one.titleFormat } },
  }));
}

/** Rows one below the other, each with its panels where the dashboard puts them. */
function rowsOf(dashboard: Json) {
  const rows: scenes.SceneGridRow[] = [];
  let shift = 0;
  for (const one of dashboard.panels) {
    if (one.type !== 'row') {
      const last = rows[rows.length - 1];
      last.setState({ children: [...last.state.children, panelOf({ ...one, gridPos: { ...one.gridPos, y: one.gridPos.y + shift } })] });
      continue;
    }
    const y = one.gridPos.y + shift;
    const inside = (one.panels ?? []).map((each: Json) => ({ ...each, gridPos: { ...each.gridPos, y: each.gridPos.y + shift } }));
    rows.push(new scenes.SceneGridRow({ key: `row-${one.id}`, title: one.title, isCollapsible: true, isCollapsed: false, y,
      children: inside.map(panelOf) }));
    // Moves everything below an expanded row down.
    if (inside.length > 0) shift += Math.max(...inside.map((each: Json) => each.gridPos.y + each.gridPos.h)) - y - 1;
  }
  return rows;
}

export function sceneOf(dashboard: Json, from: string, to: string): scenes.EmbeddedScene {
  return new scenes.EmbeddedScene({
    $timeRange: new scenes.SceneTimeRange({ from, to, timeZone: 'utc' }),
    $variables: new scenes.SceneVariableSet({ variables: dashboard.templating.list.map(variableOf) }),
    $data: new scenes.SceneDataLayerSet({ layers: layersOf(dashboard) }),
    controls: [new scenes.VariableValueSelectors({}), new scenes.SceneDataLayerControls(), new scenes.SceneControlsSpacer(),
      new scenes.SceneTimePicker({ isOnCanvas: true })],
    body: new scenes.SceneGridLayout({ isDraggable: false, isResizable: false, children: rowsOf(dashboard) }),
  });
}
