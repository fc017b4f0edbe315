import * as z from 'zod';
import { deploymentSettings } from '../../lib/configuration/deployment-settings.ts';

/** The rows of the table of settings, made of the schema that validates them. */
export function settingRows(): string[] {
  const defaults: unknown = deploymentSettings('prod').parse({ stage: 'prod' });
  const schema: unknown = z.toJSONSchema(deploymentSettings('prod'), { io: 'input', unrepresentable: 'any' });
  const rows: string[] = [];
  for (const [group, settings] of entriesAt(schema, 'properties')) {
    for (const [name, setting] of entriesAt(settings, 'properties')) {
      const value = at(at(defaults, group), name);
      const given = value === undefined ? 'none' : `\`${JSON.stringify(value)}\``;
      const shown = name === 'messages' ? 'polite English' : given;
      rows.push(`| \`${group}.${name}\` | ${shown} | ${at(setting, 'description')} |`);
    }
  }
  return rows;
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
}

function entriesAt(value: unknown, key: string): [string, unknown][] {
  return Object.entries(at(value, key) ?? {});
}
