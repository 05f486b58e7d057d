// SPDX-License-Identifier: Apache-2.0
// Registries that Grafana fills at start: standard and custom field options, transformations. Editors are never
// shown, so all are empty.
import {
  PanelPlugin, PanelProps, booleanOverrideProcessor, displayNameOverrideProcessor, identityOverrideProcessor,
  numberOverrideProcessor, standardEditorsRegistry, standardFieldConfigEditorRegistry, standardTransformers, standardTransformersRegistry,
  stringOverrideProcessor, thresholdsOverrideProcessor, unitOverrideProcessor, valueMappingsOverrideProcessor,
} from '@grafana/data';
import React from 'react';

const nothing = () => null;
const EDITORS = ['number', 'slider', 'text', 'boolean', 'select', 'radio', 'strings', 'unit', 'color', 'fieldColor', 'thresholds', 'mappings',
  'links', 'stats-picker', 'timezone', 'field-name', 'fieldNamePicker', 'dashboard-uid', 'multi-select', 'dashboard-picker'];

function standard(id: string, process: unknown, more: object = {}) {
  return { id, path: id, name: id, category: [], editor: nothing, override: nothing, process, settings: {}, shouldApply: () => true,
    getItemsCount: () => 0, ...more };
}

export function fillRegistries() {
  standardEditorsRegistry.setInit(() => EDITORS.map((id) => ({ id, name: id, editor: nothing })) as never);
  standardFieldConfigEditorRegistry.setInit(() => [
    standard('unit', unitOverrideProcessor), standard('min', numberOverrideProcessor), standard('max', numberOverrideProcessor),
    standard('decimals', numberOverrideProcessor), standard('displayName', displayNameOverrideProcessor),
    standard('noValue', stringOverrideProcessor), standard('color', identityOverrideProcessor),
    standard('thresholds', thresholdsOverrideProcessor, { defaultValue: { mode: 'absolute', steps: [{ value: -Infinity, color: 'green' }] } }),
    standard('mappings', valueMappingsOverrideProcessor, { defaultValue: [] }), standard('links', identityOverrideProcessor),
    standard('actions', identityOverrideProcessor), standard('filterable', booleanOverrideProcessor),
    standard('fieldMinMax', booleanOverrideProcessor), standard('description', stringOverrideProcessor),
  ] as never);
  const known = new Map(Object.values(standardTransformers).map((one) => [one.id, one]));
  // Some callers await it, others use its operator.
  standardTransformersRegistry.setInit(() => [...known.values()].map((one) => ({
    id: one.id, name: one.name, editor: nothing, imageDark: '', imageLight: '',
    transformation: Object.assign(() => Promise.resolve(one), { operator: one.operator }),
  })) as never);
}

/** A panel kind with the custom options of its fields and their defaults, as its module would declare them. */
export function pluginOf(component: React.ComponentType<PanelProps>, fields: Record<string, unknown> = {}): PanelPlugin {
  return new PanelPlugin(component).useFieldConfig({
    useCustomConfig: (builder: { addCustomEditor(one: object): void }) => {
      for (const [path, defaultValue] of Object.entries(fields)) {
        builder.addCustomEditor({ id: path, path, name: path, editor: nothing, override: nothing, process: identityOverrideProcessor,
          shouldApply: () => true, defaultValue });
      }
    },
  } as never);
}

