import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readArguments } from '../../../../lib/local-cloud/service/arguments.ts';
import { claimDataFolder } from '../../../../lib/local-cloud/service/data-folder.ts';
import { readSettings } from '../../../../lib/local-cloud/service/settings.ts';
import { checkBeforeStart } from '../../../../lib/local-cloud/service/start-checks.ts';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0)) step();
});

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'start-checks-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A process id that no process has. */
const NOBODY = 2 ** 22 + 1;

describe('before anything starts', () => {
  test('every port that is taken is named, with what to say instead', async () => {
    const [port, simulatorPort] = [await takenPort(), await takenPort()];

    await expect(checkBeforeStart({ ...readSettings({}), port, simulatorPort })).rejects.toThrow(
      `Port ${port} is in use by another program. Port ${simulatorPort} is in use by another program. ` +
        `Free them, or choose: PORT=${port + 100} SIMULATOR_PORT=${simulatorPort + 100} npm start`,
    );
  });

  test('one port for both is refused', () => {
    expect(() => readSettings({ PORT: '4000', SIMULATOR_PORT: '4000' })).toThrow(/both 4000/);
    expect(readSettings({ PORT: '0', SIMULATOR_PORT: '0' }).port).toBe(0);
  });

  test.each(['dynamoDbEndpoint', 's3Endpoint'] as const)(
    'a %s where nobody listens is named',
    async (name) => {
      const settings = { ...readSettings({}), port: 0, simulatorPort: 0 };

      await expect(checkBeforeStart({ ...settings, [name]: 'http://127.0.0.1:1' })).rejects.toThrow(
        /^Nobody answers at (DYNAMODB|S3)_ENDPOINT=http:\/\/127\.0\.0\.1:1\. Start what should be there/,
      );
    },
  );

  test('a log level that is none is refused with those there are', () => {
    expect(() => readSettings({ LOG_LEVEL: 'loud' })).toThrow('LOG_LEVEL: expected debug');
    expect(readSettings({ LOG_LEVEL: 'Info' }).printsAllLogs).toBe(false);
  });
});

describe('what is said after npm start --', () => {
  test('are settings of the stack, and whether pages are opened', () => {
    expect(readArguments(['-c', 'a.b=1=2', '--context', 'c.d=x', '--open'])).toEqual({
      context: { 'a.b': '1=2', 'c.d': 'x' },
      opensPages: true,
      wantsHelp: false,
    });
    expect(readArguments(['-h']).wantsHelp).toBe(true);
  });

  test.each([[['--prot', '4000']], [['4000']], [['-c']], [['-c', 'bookings.numbering']]])(
    'is refused where it means nothing: %j',
    (args) => {
      expect(() => readArguments(args)).toThrow(/--prot|4000|context|-c takes/);
    },
  );
});

describe('the data folder', () => {
  test('is made where it is missing, and let go at the end', () => {
    const folder = path.join(temporaryFolder(), 'deep', 'below');

    const claimed = claimDataFolder(folder);
    expect(() => claimDataFolder(folder)).not.toThrow();
    claimed.release();

    expect(claimed.path).toBe(folder);
  });

  test('is nobody else’s: a second local cloud on it is refused, one that died is not in the way', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'in-use-by'), String(process.ppid));
    expect(() => claimDataFolder(folder)).toThrow(`in use by another local cloud, process ${process.ppid}`);

    writeFileSync(path.join(folder, 'in-use-by'), String(NOBODY));
    expect(claimDataFolder(folder).path).toBe(folder);
  });

  test('cannot be a file, nor lie below one', () => {
    const file = path.join(temporaryFolder(), 'a-file');
    writeFileSync(file, '');

    expect(() => claimDataFolder(file)).toThrow('is a file. Name a folder.');
    expect(() => claimDataFolder(path.join(file, 'below'))).toThrow('is a file. Name a folder.');
  });

  test('where nothing can be made is told of at once', () => {
    mkdirSync(temporaryFolder(), { recursive: true });

    expect(() => claimDataFolder('/proc/nowhere/data')).toThrow(/^DATA_DIR cannot be \/proc\/nowhere\/data/);
  });
});
