// SPDX-License-Identifier: Apache-2.0
// Two types of panels that Grafana's libraries do not export: they render options and mappings, and only resemble
// Grafana's own.
import { DataFrame, Field, FieldType, PanelProps, dateTimeFormat, formattedValueToString, getDisplayProcessor, getFieldDisplayName } from '@grafana/data';
import { LegendDisplayMode, VizLegend, useTheme2 } from '@grafana/ui';
import React from 'react';

const AXIS = 22;
const LEGEND = 26;
const TICKS = 6;

export function NoData({ width, height }: { width: number; height: number }) {
  return <div style={{ width, height, display: 'flex', alignItems: 'center', justifyContent: 'center' }}>No data</div>;
}

const timeOf = (frame: DataFrame) => frame.fields.find((field) => field.type === FieldType.time)!;

/** From a time to a place, in a plot between `left` and `right`. */
function scaleOf(props: PanelProps, left: number, right: number) {
  const from = props.timeRange.from.valueOf();
  const to = props.timeRange.to.valueOf();
  return (time: number) => Math.min(right, Math.max(left, left + ((time - from) / (to - from)) * (right - left)));
}

function TimeAxis({ props, left, right, y }: { props: PanelProps; left: number; right: number; y: number }) {
  const theme = useTheme2();
  const from = props.timeRange.from.valueOf();
  const span = props.timeRange.to.valueOf() - from;
  const format = span < TICKS * 120_000 ? 'HH:mm:ss' : 'HH:mm';
  return <>{Array.from({ length: TICKS }, (_, i) => {
    const part = (i + 0.5) / TICKS;
    return <text key={i} x={left + part * (right - left)} y={y + 16} textAnchor="middle" fontSize={12} fill={theme.colors.text.primary}>
      {dateTimeFormat(from + part * span, { format, timeZone: props.timeZone })}</text>;
  })}</>;
}

interface Stretch { lane: number; begin: number; end: number; text: string; colour: string }

/** Neighbouring samples that read the same, as one stretch. */
function stretchesOf(field: Field, times: number[], lane: number, gap: number): Stretch[] {
  const out: Stretch[] = [];
  for (let i = 0; i < times.length; i++) {
    if (field.values[i] === null || field.values[i] === undefined) continue;
    const shown = field.display!(field.values[i]);
    const text = formattedValueToString(shown);
    const last = out[out.length - 1];
    if (last && last.text === text && times[i] - last.end <= gap) last.end = times[i] + gap;
    else out.push({ lane, begin: times[i], end: times[i] + gap, text, colour: shown.color ?? 'grey' });
  }
  return out;
}

export function StateTimeline(props: PanelProps) {
  const theme = useTheme2();
  if (props.data.series.length === 0) return <NoData {...props} />;
  const lanes: string[] = [];
  const stretches: Stretch[] = [];
  for (const frame of props.data.series) {
    const times = timeOf(frame);
    const gap = times.config.interval ?? 15_000;
    for (const field of frame.fields.filter((one) => one !== times)) {
      stretches.push(...stretchesOf(field, times.values, lanes.length, gap));
      lanes.push(getFieldDisplayName(field, frame, props.data.series));
    }
  }
  const left = Math.min(180, 16 + 7 * Math.max(...lanes.map((name) => name.length)));
  const right = props.width - 6;
  const bottom = props.height - AXIS - LEGEND;
  const tall = bottom / lanes.length;
  const thick = tall * (props.options.rowHeight ?? 0.9);
  const x = scaleOf(props, left, right);
  const colours = new Map(stretches.map((one) => [one.text, one.colour]));
  return (
    <div>
      <svg width={props.width} height={props.height - LEGEND} fontFamily={theme.typography.fontFamily} fontSize={12}>
        {stretches.map((one, i) => {
          const width = x(one.end) - x(one.begin);
          const y = one.lane * tall + (tall - thick) / 2;
          const fits = width > one.text.length * 7 + 8 && thick > 11;
          return <g key={i}><rect x={x(one.begin)} y={y} width={width} height={thick} fill={one.colour} fillOpacity={0.7} />
            {fits && <text x={x(one.begin) + 5} y={y + thick / 2 + 4} fill={theme.colors.text.primary}>{one.text}</text>}</g>;
        })}
        {lanes.map((name, i) => <text key={name + i} x={left - 8} y={i * tall + tall / 2 + 4} textAnchor="end"
          fill={theme.colors.text.primary}>{name}</text>)}
        <TimeAxis props={props} left={left} right={right} y={bottom} />
      </svg>
      <VizLegend displayMode={LegendDisplayMode.List} placement="bottom"
        items={[...colours].map(([label, color]) => ({ label, color, yAxis: 1 }))} />
    </div>
  );
}

export function Heatmap(props: PanelProps) {
  const theme = useTheme2();
  const [frame] = props.data.series;
  if (!frame) return <NoData {...props} />;
  const times = timeOf(frame);
  const rows = frame.fields.filter((field) => field !== times);
  const most = Math.max(...rows.flatMap((row) => row.values.filter(Number.isFinite)));
  const step = times.values.length > 1 ? times.values[1] - times.values[0] : 1;
  const left = 64;
  const right = props.width - 6;
  const bottom = props.height - AXIS;
  const tall = bottom / rows.length;
  const x = scaleOf(props, left, right);
  const unit = getDisplayProcessor({ field: { type: FieldType.number, config: { unit: props.options.yAxis?.unit } } as never, theme });
  const nth = Math.ceil(14 / tall);  // Labels must not overlap.
  return (
    <svg width={props.width} height={props.height} fontFamily={theme.typography.fontFamily} fontSize={11}>
      {rows.flatMap((row, i) => row.values.map((value: number, j: number) => {
        if (!(value > 0)) return null;
        const width = Math.max(0.5, x(times.values[j] + step) - x(times.values[j]) - 1);
        return <rect key={`${i}.${j}`} x={x(times.values[j])} y={bottom - (i + 1) * tall} width={width} height={Math.max(1, tall - 1)}
          fill={theme.visualization.getColorByName('orange')} fillOpacity={0.15 + 0.85 * Math.sqrt(value / most)} />;
      }))}
      {rows.map((row, i) => (i % nth === 0) && <text key={row.name} x={left - 8} y={bottom - i * tall - 2} textAnchor="end"
        fill={theme.colors.text.primary}>{row.name === '+Inf' ? 'more' : formattedValueToString(unit(Number(row.name)))}</text>)}
      <TimeAxis props={props} left={left} right={right} y={bottom} />
    </svg>
  );
}
