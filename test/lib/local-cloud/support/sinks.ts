import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Reads what the consuming functions of the fixture got. */
export interface Sinks {
  /** The events of one function, oldest first. */
  events(name: string): ReturnType<typeof JSON.parse>[];
}

export function readSinks(sinkFolder: string): Sinks {
  return {
    events(name) {
      const folder = path.join(sinkFolder, name);
      if (!existsSync(folder)) return [];
      return readdirSync(folder)
        .filter((file) => !file.startsWith('.'))
        .sort()
        .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
    },
  };
}
