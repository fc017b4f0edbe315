import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { HttpAnswer } from '../gateway/http-answer.ts';

/** Nothing is loaded from anywhere else, and nothing else may show these pages. */
const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const require = createRequire(import.meta.url);

/** What is told of on the first page: an address and what is there. */
export interface Signpost {
  readonly href: string;
  readonly text: string;
}

/** The pages for people on the port of the API, by path. */
export function createPages(signposts: () => readonly Signpost[]): (path: string) => HttpAnswer | undefined {
  const pages: Readonly<Record<string, () => HttpAnswer>> = {
    '/': () => page('Number masking on this machine', welcome(signposts())),
    '/docs': () => ({ status: 308, headers: { location: '/docs/' }, body: '' }),
    '/docs/': () => page('Number masking: the API', REFERENCE),
    '/docs/reference.js': () => script(START_REFERENCE),
    '/docs/redoc.js': () => script(readReference()),
  };
  return (path) => (Object.hasOwn(pages, path) ? pages[path]?.() : undefined);
}

/** Redoc as it comes, but for the one picture that it would fetch from its makers. */
function readReference(): string {
  const text = readFileSync(require.resolve('redoc/bundles/redoc.standalone.js'), 'utf8');
  return text.replaceAll(/https:\/\/cdn\.redoc\.ly\/[\w./-]+/g, 'data:,');
}

const REFERENCE =
  '<div id="reference"><p>The description of the API is being read …</p></div>' +
  '<script src="redoc.js"></script><script src="reference.js"></script>';

const START_REFERENCE = `Redoc.init('/openapi.json', { hideDownloadButton: true, disableSearch: false },
  document.getElementById('reference'), (error) => {
    if (error) document.getElementById('reference').textContent = 'The API did not describe itself: ' + error.message + ' Load the page again.';
  });`;

function welcome(signposts: readonly Signpost[]): string {
  const items = signposts.map(
    ({ href, text }) => `<li><a href="${escaped(href)}">${escaped(href)}</a> ${escaped(text)}</li>`,
  );
  return `<main><h1>Number masking on this machine</h1>
<p>This is the port of the API. From here:</p>
<ul>${items.join('\n')}</ul>
<p>Make a booking and call with it: <code>npm run demo</code> shows how.</p></main>`;
}

function page(title: string, body: string): HttpAnswer {
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root { color-scheme: light dark } body { font: 1rem/1.6 system-ui, sans-serif; margin: 0;
  background: light-dark(#fff, #16181c); color: light-dark(#1a1c20, #eceef2) }
a { color: light-dark(#0645ad, #9cc2ff) }
main { max-width: 44rem; margin: 3rem auto; padding: 0 1rem } #reference { background: #fff; color: #333 }</style>
</head><body>${body}</body></html>`;
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8', ...GUARD }, body: html };
}

function script(content: string): HttpAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'text/javascript; charset=utf-8', ...GUARD },
    body: content,
  };
}

const GUARD = {
  'content-security-policy': STRICT,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
