/** One setting given on the command line: the names from the group down to the setting, and its value. */
interface Override {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Keys of the CDK's own context hold a colon, a slash or a dash; ours are words joined by dots. */
const SETTING = /^[A-Za-z]+(\.[\w-]+)*$/;
const NOT_SETTINGS = new Set(['stage', 'stages']);

type Settings = Readonly<Record<string, unknown>>;

/** The settings among the context of the CDK app, as given with `-c group.setting=value`. */
export function overridesFrom(context: Settings): Override[] {
  return Object.entries(context)
    .filter(([key]) => SETTING.test(key) && !NOT_SETTINGS.has(key))
    .map(([key, value]) => ({
      path: key.split('.'),
      value: typeof value === 'string' ? parsed(value) : value,
    }));
}

/** `settings` with every override in its place; `null` takes a setting back to its default. */
export function withOverrides(settings: Settings, overrides: readonly Override[]): Settings {
  return overrides.reduce((changed, { path, value }) => replaced(changed, path, value), settings);
}

function replaced(settings: Settings, path: readonly string[], value: unknown): Settings {
  const [name, ...rest] = path;
  if (name === undefined) return settings;
  if (rest.length > 0) {
    return { ...settings, [name]: replaced(asSettings(settings[name]), rest, value) };
  }
  if (value !== null) return { ...settings, [name]: value };
  const { [name]: _, ...others } = settings;
  return others;
}

function asSettings(value: unknown): Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** A number that reads back the same, `true`, `false`, `null`, a JSON list or object; anything else is a text. */
function parsed(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed !== '' && String(Number(trimmed)) === trimmed) return Number(trimmed);
  if (!/^(true|false|null|[[{].*)$/s.test(trimmed)) return text;
  try {
    return JSON.parse(trimmed);
  } catch {
    return text;
  }
}
