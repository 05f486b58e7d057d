// SPDX-License-Identifier: Apache-2.0
// A classic dashboard in Grafana's own types; check.mjs says which version's. Grafana's types are made for its own code, not for JSON: enums
// take no literals, and panels and targets may be anything; both is made strict here.
import type { AnnotationQuery, Dashboard, FieldConfig, Panel, RowPanel, VariableModel } from '@grafana/schema';
import type * as Heatmap from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type * as Stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as StateTimeline from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type * as Table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as TimeSeries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';

/** A type as JSON has it: an enum is one of its literals. */
export type Json<T> = unknown extends T ? T
  : T extends string ? `${T}`
  : T extends number ? (`${T}` extends `${infer N extends number}` ? N : T)
  : T extends boolean | null | undefined ? T
  : T extends Array<infer U> ? Array<Json<U>>
  : T extends object ? { [K in keyof T]: Json<T[K]> } : T;

/** Grafana fills in what an option leaves out; what is given must still be known and right. */
type Partly<T> = T extends string | number | boolean | null | undefined ? T
  : T extends Array<infer U> ? Array<Partly<U>>
  : T extends object ? { [K in keyof T]?: Partly<T[K]> } : T;

type Source = { type: 'prometheus'; uid: string };
type Query = Omit<Dataquery, '_implementsDataqueryVariant' | 'datasource'> & { refId: string; datasource: Source };
type Thresholds = {
  mode: NonNullable<FieldConfig['thresholds']>['mode'];
  steps: Array<{ color: string; value: number | null }>;
};
type Standard = Omit<FieldConfig, 'custom' | 'links' | 'thresholds'> & { thresholds?: Thresholds };
type Property<C> = { [K in keyof Standard]-?: { id: K; value: Standard[K] } }[keyof Standard]
  | { [K in keyof C & string]-?: { id: `custom.${K}`; value: C[K] } }[keyof C & string];
type Override<C> = { matcher: { id: 'byName' | 'byRegexp'; options: string }; properties: Array<Property<C>> };
type Base = Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets' | 'datasource' | 'links'> & {
  id: number; title: string; description: string; gridPos: NonNullable<Panel['gridPos']>;
  targets: Query[]; datasource: Source;
  links?: Array<{ title: string; url: string; targetBlank: boolean }>;
};
type Kind<T extends string, Options, Custom> = Base & {
  type: T; options: Partly<Options>;
  fieldConfig: { defaults: Standard & { custom?: Partly<Custom> }; overrides: Array<Override<Partly<Custom>>> };
};
/** What the table of each version takes for a column, and stat takes nothing. */
type TableColumn = { align?: string; width?: number; cellOptions?: { type: string; mode?: string }; inspect?: boolean };

type AnyPanel =
  | Kind<'timeseries', TimeSeries.Options, TimeSeries.FieldConfig>
  | Kind<'stat', Stat.Options, {}>
  | Kind<'state-timeline', StateTimeline.Options, StateTimeline.FieldConfig>
  | Kind<'heatmap', Heatmap.Options, Heatmap.FieldConfig>
  | Kind<'table', Table.Options, TableColumn>;
export type PanelOf<T> = Json<Extract<AnyPanel, { type: T }>>;

type Variable = Omit<VariableModel, 'datasource' | 'current'> & {
  current?: Partial<NonNullable<VariableModel['current']>>; datasource?: Source; definition?: string;
};
type Annotation = Omit<AnnotationQuery, 'target'> & { expr?: string; step?: string; titleFormat?: string };
export type DashboardJson = Json<Omit<Dashboard, 'panels' | 'templating' | 'annotations'> & {
  uid: string; title: string; panels: Array<Omit<RowPanel, 'panels'> & { panels: [] }>;
  templating: { list: Variable[] }; annotations: { list: Annotation[] };
}>;
