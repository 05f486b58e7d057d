// SPDX-License-Identifier: Apache-2.0
// A data source for @grafana/scenes that queries Prometheus from the browser: Grafana's own queries through
// Grafana's server. It computes $__rate_interval like Grafana's, and records every query.
import { DataFrame, DataQueryRequest, DataQueryResponse, DataSourceApi, MetricFindValue, ScopedVars, rangeUtil } from '@grafana/data';
import { Series, Span, Target, finiteIn, framesOf } from './frames';

export interface Asked {
  panel: number | undefined;
  refId: string;
  expr: string;
  finite: number;
  error?: string;
}
export const asked: Asked[] = [];

export type Interpolate = (text: string, scoped?: ScopedVars) => string;

interface Answer {
  resultType: string;
  result: Array<{ metric: Record<string, string>; value?: [number, string]; values?: Array<[number, string]> }>;
}

export class Prometheus extends DataSourceApi<never> {
  constructor(settings: never, private base: string, private scrape: number, private interpolate: Interpolate) {
    super(settings);
  }
  getRef() { return { type: 'prometheus', uid: this.uid }; }
  async testDatasource() { return { status: 'success', message: '' }; }

  private async get<T>(path: string, parameters: Record<string, string>): Promise<T> {
    const answer = await fetch(`${this.base}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const body = await answer.json();
    if (body.status !== 'success') throw new Error(`${body.errorType}: ${body.error}`);
    return body.data;
  }

  async metricFindQuery(query: string | { query: string }, options: { range: { from: { unix(): number }; to: { unix(): number } }; scopedVars?: ScopedVars }): Promise<MetricFindValue[]> {
    const text = this.interpolate(typeof query === 'string' ? query : query.query, options.scopedVars);
    const found = text.match(/^label_values\((.+),\s*(\w+)\)$/s);
    if (!found) throw new Error(`a variable's query that is not known here: ${text}`);
    const { from, to } = options.range;
    const values = await this.get<string[]>(`label/${found[2]}/values`, { 'match[]': found[1], start: `${from.unix()}`, end: `${to.unix()}` });
    return values.map((value) => ({ text: value }));
  }

  async query(request: DataQueryRequest<never>): Promise<DataQueryResponse> {
    const data: DataFrame[] = [];
    const errors: Array<{ message: string; refId: string }> = [];
    for (const target of request.targets as unknown as Target[]) {
      const line: Asked = { panel: (request as { panelId?: number }).panelId, refId: target.refId, expr: target.expr, finite: 0 };
      asked.push(line);
      try {
        const frames = await this.ask(target, request, line);
        line.finite = finiteIn(frames);
        data.push(...frames);
      } catch (error) {
        line.error = (error as Error).message;
        errors.push({ message: line.error, refId: target.refId });
      }
    }
    return { data, errors: errors.length ? errors : undefined, error: errors[0] } as DataQueryResponse;
  }

  private async ask(target: Target, request: DataQueryRequest<never>, line: Asked): Promise<DataFrame[]> {
    const from = request.range.from.unix();
    const end = request.range.to.unix();
    // A query's own minimum step is used as the scrape interval; a panel's is not.
    const least = target.interval ? rangeUtil.intervalToMs(target.interval) / 1000 : this.scrape;
    const step = Math.ceil(Math.max(request.intervalMs / 1000, least, (end - from) / 11000));
    const built: Record<string, string> = {
      __rate_interval: `${Math.max(step + least, 4 * least)}s`, __interval: `${step}s`, __range: `${Math.max(1, end - from)}s`,
    };
    const filled = target.expr.replace(/\$\{?(__\w+?)\b\}?/g, (whole, name) => built[name] ?? whole);
    line.expr = this.interpolate(filled, request.scopedVars);
    if (/\$\{?[A-Za-z_]/.test(line.expr)) throw new Error(`an unknown variable in: ${line.expr}`);
    const span: Span = { start: Math.floor(from / step) * step, end, step };
    const answer = target.instant && !target.range
      ? await this.get<Answer>('query', { query: line.expr, time: `${end}` })
      : await this.get<Answer>('query_range', { query: line.expr, start: `${span.start}`, end: `${end}`, step: `${step}` });
    const found: Series[] = answer.result.map((one) => ({ metric: one.metric, values: one.values ?? [one.value!] }));
    return framesOf(found, target, span);
  }
}
