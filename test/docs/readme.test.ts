import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { problems } from '../../functions/shared/domain/problems.ts';
import { projectRoot } from '../../lib/bundling.ts';
import { bookingApiPaths } from '../../lib/routes.ts';
import { settingRows } from './settings-table.ts';

const readme = readFileSync(path.join(projectRoot, 'README.md'), 'utf8');

describe('the README', () => {
  test('has a row for every problem, with the status that is answered', () => {
    const missing = Object.entries(problems)
      .filter(([code, { status }]) => !readme.includes(`| \`${code}\` | ${status} | `))
      .map(([code]) => code);

    expect(missing).toEqual([]);
  });

  test('has a row for every setting, with its default and what it does', () => {
    expect(settingRows().filter((row) => !readme.includes(row))).toEqual([]);
  });

  test('names every route of the booking API', () => {
    const named = (route: string) =>
      readme.includes(route) || readme.includes(route.replace('/v1/bookings/{bookingId}', ''));
    const missing = Object.keys(bookingApiPaths).filter((route) => !named(route));

    expect(missing).toEqual([]);
  });

  test('names only npm scripts that exist', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(
      readFileSync(path.join(projectRoot, 'package.json'), 'utf8'),
    );
    const used = [...readme.matchAll(/npm (?:run )?([\w-]+)/g)].map(([, name]) => name ?? '');
    const unknown = used.filter(
      (name) => name !== 'ci' && name !== 'run' && !(name in scripts) && /^(start|test|[a-z-]+)$/.test(name),
    );

    expect(unknown.filter((name) => readme.includes(`npm run ${name}`))).toEqual([]);
  });

  test('links only to files that exist', () => {
    const links = [...readme.matchAll(/\]\(((?!https?:|#)[^)]+)\)/g)].map(([, file]) => file ?? '');

    expect(() => links.map((file) => readFileSync(path.join(projectRoot, file)))).not.toThrow();
  });
});
