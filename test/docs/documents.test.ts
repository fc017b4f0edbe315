import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { problems } from '../../functions/shared/domain/problems.ts';
import { projectRoot } from '../../lib/bundling.ts';
import { bookingApiPaths } from '../../lib/routes.ts';
import { documents, documentText } from '../support/documents.ts';
import { settingRows } from './settings-table.ts';

/** As the anchor of a heading is made on the pages where the documents are read. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe('the front door', () => {
  test('is read in one sitting', () => {
    expect(documentText('README.md').split('\n').length).toBeLessThanOrEqual(250);
  });

  test('says what each webhook is', () => {
    const readme = documentText('README.md');
    for (const name of ['VCA', 'VCS', 'VSS', 'VRU', 'VNU']) expect(readme).toContain(`**${name}**`);
  });
});

describe('the document of the booking API', () => {
  const text = documentText('functions/booking-api/README.md');

  test('has a row for every problem, with the status that is answered', () => {
    const missing = Object.entries(problems)
      .filter(([code, { status }]) => !text.includes(`| \`${code}\` | ${status} | `))
      .map(([code]) => code);

    expect(missing).toEqual([]);
  });

  test('names every route', () => {
    const named = (route: string) =>
      text.includes(route) || text.includes(route.replace('/v1/bookings/{bookingId}', ''));
    const missing = Object.keys(bookingApiPaths).filter((route) => !named(route));

    expect(missing).toEqual([]);
  });
});

test('the document of the configuration has a row for every setting, with its default and what it does', () => {
  const text = documentText('lib/configuration/README.md');

  expect(settingRows().filter((row) => !text.includes(row))).toEqual([]);
});

describe.each(documents())('%s', (file) => {
  const text = documentText(file);

  test('names only npm scripts that exist', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(documentText('package.json'));
    const used = [...text.matchAll(/npm run ([a-z][\w-]*)/g)].map(([, name]) => name ?? '');

    expect(used.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('links only to files and headings that exist', () => {
    const links = [...text.matchAll(/\]\(((?!https?:|mailto:)[^)\s]+)\)/g)].map(([, link]) => link ?? '');
    const broken = links.filter((link) => {
      const [target = '', anchor] = link.split('#');
      const at = target === '' ? file : path.join(path.dirname(file), target);
      if (!existsSync(path.join(projectRoot, at))) return true;
      return anchor !== undefined && at.endsWith('.md') && !anchorsOf(documentText(at)).includes(anchor);
    });

    expect(broken).toEqual([]);
  });

  test('names only files of the project that exist', () => {
    const named = [...text.matchAll(/`((?:bin|lib|functions|test)\/[\w./-]+\.\w+)`/g)].map(
      ([, name]) => name ?? '',
    );

    expect(named.filter((name) => !existsSync(path.join(projectRoot, name)))).toEqual([]);
  });
});
