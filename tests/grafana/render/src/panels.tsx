// SPDX-License-Identifier: Apache-2.0
// The panel types of our dashboards. Time series, stats and tables are rendered by Grafana's own components;
// heatmaps and state timelines, which its libraries do not export, by drawn.tsx.
import { PanelPlugin, PanelProps, VizOrientation, getDisplayValueAlignmentFactors, getFieldDisplayName, getFieldDisplayValues } from '@grafana/data';
import { config } from '@grafana/runtime';
import { BigValue, BigValueTextMode, TimeSeries, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import React from 'react';
import { Heatmap, NoData, StateTimeline } from './drawn';
import { pluginOf } from './registries';

// Defaults for lines.
const LINE = {
  drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 1, lineStyle: undefined, fillOpacity: 0, gradientMode: 'none', showPoints: 'auto',
  pointSize: 5, spanNulls: false, stacking: { mode: 'none', group: 'A' }, thresholdsStyle: { mode: 'off' }, axisPlacement: 'auto', axisLabel: '',
  axisColorMode: 'text', axisBorderShow: false, axisCenteredZero: false, scaleDistribution: { type: 'linear' }, barAlignment: 0,
  barWidthFactor: 0.6, hideFrom: { tooltip: false, viz: false, legend: false }, insertNulls: false, showValues: false,
};
const HIDE = { hideFrom: { tooltip: false, viz: false, legend: false } };

/** The annotations as dashed lines over the plot. */
function drawAnnotations(plot: any, frames: any[]) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.setLineDash([5, 5]);
  ctx.lineWidth = 2;
  for (const frame of frames) {
    const times = frame.fields.find((field: any) => field.name === 'time');
    const colours = frame.fields.find((field: any) => field.name === 'color');
    for (let i = 0; times && i < frame.length; i++) {
      const x = plot.valToPos(times.values[i], 'x', true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.strokeStyle = config.theme2.visualization.getColorByName(colours?.values[i] ?? 'blue');
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
  }
  ctx.restore();
}

function Lines(props: PanelProps) {
  const annotations = React.useRef<any[]>([]);
  const plot = React.useRef<any>(null);
  const hooked = React.useRef(new WeakSet());
  annotations.current = props.data.annotations ?? [];
  React.useEffect(() => { plot.current?.redraw(false); }, [props.data.annotations]);
  if (props.data.series.length === 0) return <NoData {...props} />;
  return (
    <TimeSeries frames={props.data.series} structureRev={props.data.structureRev} timeRange={props.timeRange} timeZone={props.timeZone}
      width={props.width} height={props.height} legend={props.options.legend} options={props.options}>
      {(builder: any) => {
        if (!hooked.current.has(builder)) {
          hooked.current.add(builder);
          builder.addHook('init', (made: any) => { plot.current = made; });
          builder.addHook('draw', (made: any) => drawAnnotations(made, annotations.current));
        }
        return <></>;
      }}
    </TimeSeries>
  );
}

function Values(props: PanelProps) {
  if (props.data.series.length === 0) return <NoData {...props} />;
  const { options } = props;
  const values = () => getFieldDisplayValues({
    fieldConfig: props.fieldConfig, reduceOptions: options.reduceOptions, replaceVariables: props.replaceVariables, theme: config.theme2,
    data: props.data.series, timeZone: props.timeZone, sparkline: options.graphMode !== 'none',
  });
  const one = ({ value, width, height, count, alignmentFactors }: any) => (
    <BigValue value={value.display} count={count} width={width} height={height} theme={config.theme2} alignmentFactors={alignmentFactors}
      sparkline={value.sparkline && { ...value.sparkline, timeRange: props.timeRange }} colorMode={options.colorMode}
      graphMode={options.graphMode} justifyMode={options.justifyMode} wideLayout={options.wideLayout}
      textMode={options.textMode === 'auto' ? (count > 1 ? BigValueTextMode.ValueAndName : BigValueTextMode.Value) : options.textMode} />
  );
  return <VizRepeater getValues={values} getAlignmentFactors={getDisplayValueAlignmentFactors as never} renderValue={one} width={props.width}
    height={props.height} source={props.data} autoGrid renderCounter={props.renderCounter}
    orientation={props.width > props.height ? VizOrientation.Vertical : VizOrientation.Horizontal} />;
}

function Table(props: PanelProps) {
  const [frame] = props.data.series;
  if (!frame || frame.length === 0) return <NoData {...props} />;
  // Stored in each field, where the table reads it.
  for (const field of frame.fields) getFieldDisplayName(field, frame, props.data.series);
  const rest: any = { showTypeIcons: false, resizable: false, getActions: () => [], enableVirtualization: false };
  return <TableNG data={frame} width={props.width} height={props.height} noHeader={!props.options.showHeader} cellHeight={props.options.cellHeight}
    sortBy={props.options.sortBy} timeRange={props.timeRange} fieldConfig={props.fieldConfig} structureRev={props.data.structureRev} {...rest} />;
}

export const KINDS: Record<string, () => PanelPlugin> = {
  timeseries: () => pluginOf(Lines, LINE),
  stat: () => pluginOf(Values).setNoPadding(),
  table: () => pluginOf(Table, { align: 'auto', cellOptions: { type: 'auto' }, width: undefined, inspect: false, ...HIDE }),
  heatmap: () => pluginOf(Heatmap, { scaleDistribution: { type: 'linear' }, ...HIDE }),
  'state-timeline': () => pluginOf(StateTimeline, { lineWidth: 0, fillOpacity: 70, spanNulls: false, insertNulls: false, ...HIDE }),
};
