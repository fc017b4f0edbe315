import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPages } from '../../../../lib/local-cloud/service/pages.ts';
import { accessibilityFaults, hasBrowser, openPage, startBrowser } from '../../../support/browser.ts';

const pages = createPages(() => [{ href: '/docs/', text: 'every <operation>' }]);
const headersOf = (headers: Readonly<Record<string, string | readonly string[]>>) =>
  Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
const openApi = {
  openapi: '3.1.0',
  info: { title: 'Things', version: '1.0.0' },
  paths: {
    '/things': {
      get: { summary: 'List the things.', responses: { 200: { description: 'All of them.' } } },
    },
  },
};

test('the first page shows where to go, and runs nothing that was written into it', () => {
  const body = String(pages('/')?.body);

  expect(body).toContain('<a href="/docs/">');
  expect(body).toContain('every &#60;operation&#62;');
});

test('no page loads anything from elsewhere, or may be shown by another', () => {
  for (const path of ['/', '/docs/', '/docs/reference.js', '/docs/redoc.js']) {
    expect(pages(path)?.headers['content-security-policy'], path).toMatch(
      /^default-src 'none'.*frame-ancestors/,
    );
  }
  expect(String(pages('/docs/redoc.js')?.body)).not.toContain('cdn.redoc');
  expect(pages('/elsewhere')).toBeUndefined();
  expect(pages('/constructor')).toBeUndefined();
});

describe.runIf(hasBrowser)('in a browser', () => {
  let server: Server;
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const page = pages(request.url ?? '/');
      if (page === undefined) response.writeHead(200, { 'content-type': 'application/json' });
      else response.writeHead(page.status, Object.fromEntries(headersOf(page.headers)));
      response.end(page?.body ?? JSON.stringify(openApi));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    browser = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    server.closeAllConnections();
    server.close();
  });

  test('the first page can be read by everybody', async () => {
    const { page, complaints } = await openPage(browser, `${url}/`);

    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  }, 60_000);

  test('the reference shows every operation and asks nothing of anybody else', async () => {
    const { page, complaints } = await openPage(browser, `${url}/docs/`);

    await page.getByRole('heading', { name: 'List the things.' }).first().waitFor({ timeout: 30_000 });

    expect(complaints).toEqual([]);
  }, 60_000);
});
