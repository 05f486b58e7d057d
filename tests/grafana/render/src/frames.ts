// SPDX-License-Identifier: Apache-2.0
// Converts results of Prometheus to Grafana's data frames: series, tables, heatmap rows, annotations. Pure
// functions.
import { DataFrame, FieldType, renderLegendFormat, toDataFrame } from '@grafana/data';

export interface Series {
  metric: Record<string, string>;
  values: Array<[number, string]>;
}
export interface Span {
  start: number;
  end: number;
  step: number;
}
export interface Target {
  refId: string;
  expr: string;
  legendFormat?: string;
  format?: string;
  instant?: boolean;
  range?: boolean;
  interval?: string;
  titleFormat?: string;
}

/** What @grafana/scenes calls the target of an annotation, whatever it was called. */
export const ANNOTATION = 'Anno';

function numberOf(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}

function nameOf(target: Target, labels: Record<string, string>): string {
  if (target.legendFormat) return renderLegendFormat(target.legendFormat, labels);
  return Object.entries(labels).map(([key, value]) => `${key}="${value}"`).join(', ');
}

/** One series over time; a step without a sample is a gap. */
function lineOf(series: Series, target: Target, span: Span): DataFrame {
  const have = new Map(series.values);
  const times: number[] = [];
  const values: Array<number | null> = [];
  if (target.instant && !target.range) {
    times.push(series.values[0][0] * 1000);
    values.push(numberOf(series.values[0][1]));
  } else {
    for (let at = span.start; at <= span.end; at += span.step) {
      const value = have.get(at);
      times.push(at * 1000);
      values.push(value === undefined ? null : numberOf(value));
    }
  }
  const name = nameOf(target, series.metric);
  return toDataFrame({
    refId: target.refId, name, meta: { type: 'timeseries-multi' },
    fields: [
      { name: 'Time', type: FieldType.time, values: times, config: { interval: span.step * 1000 } },
      { name: 'Value', type: FieldType.number, values, labels: series.metric, config: { displayNameFromDS: name } },
    ],
  });
}

/** Every label a column, and the value the last one. */
function tableOf(found: Series[], target: Target): DataFrame {
  const labels = [...new Set(found.flatMap((one) => Object.keys(one.metric)))].sort();
  const rows = found.flatMap((one) => one.values.map((value) => ({ metric: one.metric, value })));
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: rows.map((row) => row.value[0] * 1000) },
      ...labels.map((name) => ({ name, type: FieldType.string, values: rows.map((row) => row.metric[name] ?? '') })),
      { name: `Value #${target.refId}`, type: FieldType.number, values: rows.map((row) => numberOf(row.value[1])) },
    ],
  });
}

/** Cumulative buckets as one row each of what lies between a bound and the one below it. */
function heatmapOf(found: Series[], target: Target, span: Span): DataFrame[] {
  if (found.length === 0) return [];
  const bound = (one: Series) => numberOf(one.metric.le);
  const lines = [...found].sort((a, b) => bound(a) - bound(b)).map((one) => lineOf(one, target, span));
  const counts = lines.map((line) => line.fields[1].values as Array<number | null>);
  const rows = lines.map((line, i) => ({
    ...line.fields[1],
    name: line.fields[1].labels!.le,
    values: counts[i].map((count, j) => (count === null ? null : Math.max(0, count - (counts[i - 1]?.[j] ?? 0)))),
  }));
  return [toDataFrame({ refId: target.refId, meta: { type: 'heatmap-rows' as never }, fields: [lines[0].fields[0], ...rows] })];
}

/** Each beginning of a run of samples that are not 0. */
function annotationsOf(found: Series[], target: Target, span: Span): DataFrame[] {
  const time: number[] = [];
  const title: string[] = [];
  for (const one of found) {
    let last = -Infinity;
    for (const [at, value] of one.values) {
      if (numberOf(value) === 0) continue;
      if (at - last > span.step) {
        time.push(at * 1000);
        title.push(renderLegendFormat(target.titleFormat ?? '', one.metric));
      }
      last = at;
    }
  }
  return [toDataFrame({ refId: ANNOTATION, fields: [
    { name: 'time', type: FieldType.time, values: time },
    { name: 'title', type: FieldType.string, values: title },
    { name: 'text', type: FieldType.string, values: title },
  ] })];
}

export function framesOf(found: Series[], target: Target, span: Span): DataFrame[] {
  if (target.refId === ANNOTATION) return annotationsOf(found, target, span);
  if (target.format === 'table') return [tableOf(found, target)];
  if (target.format === 'heatmap') return heatmapOf(found, target, span);
  return found.map((one) => lineOf(one, target, span));
}

/** How many numbers of it can be drawn. */
export function finiteIn(frames: DataFrame[]): number {
  const numbers = frames.flatMap((frame) => frame.fields.filter((field) => field.type === FieldType.number || frame.refId === ANNOTATION));
  return numbers.reduce((sum, field) => sum + Array.from(field.values).filter(Number.isFinite).length, 0);
}
