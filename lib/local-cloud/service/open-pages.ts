import { spawn } from 'node:child_process';

/** What opens an address on each system; where there is no browser, it fails and that is told. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Opens addresses in the browser of whoever sits here. */
export function openPages(urls: readonly string[], say: (message: string) => void): void {
  const [program = '', ...args] = openers[process.platform] ?? ['xdg-open'];
  for (const url of urls) {
    const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
    child.on('error', () => say(`No browser can be opened from here (${program} is missing). Open ${url}`));
    child.unref();
  }
}
