import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

const places = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = places.find((place) => place !== undefined && existsSync(place));

/** Whether there is a Chromium to look at pages with; where there is none, their tests say so. */
export const hasBrowser = executablePath !== undefined;
if (!hasBrowser) {
  console.warn(
    'Pages are not tested: there is no Chromium. apt-get install chromium, or set CHROMIUM to its path.',
  );
}

export function startBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('There is no Chromium.');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** A page, and whatever it complained of or asked of another server than the one that it came from. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: string[];
}

export async function openPage(browser: Browser, url: string, ...others: string[]): Promise<WatchedPage> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  const own = [url, ...others].map((each) => new URL(each).origin);
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && !own.includes(origin)) complaints.push(`asks ${origin}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, complaints };
}

/** What axe finds wrong with a page, in light and in dark, each as the rule and where. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // Run past the page's own policy, as a browser's tools are.
    await page.evaluate(axe.source);
    const found: { id: string; nodes: { target: unknown }[] }[] = await page.evaluate(
      '(async () => (await axe.run()).violations)()',
    );
    faults.push(
      ...found.map(
        ({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ target }) => target).join(', ')}`,
      ),
    );
  }
  return faults;
}
