// SPDX-License-Identifier: Apache-2.0
// What Grafana's index page provides to its frontend. Must be imported before Grafana's modules, which read it
// when loaded.
declare global {
  interface Window {
    __grafana_public_path__?: string;
    grafanaBootData?: unknown;
  }
}

window.__grafana_public_path__ = '/public/';
window.grafanaBootData = {
  user: { timezone: 'utc', locale: 'en-US', orgRole: 'Viewer', permissions: {}, weekStart: 'monday' },
  settings: { featureToggles: {}, buildInfo: { version: '13.2.2', env: 'production' }, datasources: {}, panels: {},
    apps: {} },
  navTree: [],
  themePaths: {},
};

export {};
