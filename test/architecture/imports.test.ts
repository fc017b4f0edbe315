import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../lib/bundling.ts';
import { allImports, circlesIn, importsIn, sourceFiles } from '../support/import-graph.ts';
import { faultOf, roomOf, rooms } from './rooms.ts';

const imports = allImports();

describe('imports point one way', () => {
  test('every file has a room', () => {
    expect(() => sourceFiles().map(roomOf)).not.toThrow();
  });

  test('every room holds something', () => {
    const held = new Set(sourceFiles().map(roomOf));

    expect(rooms.filter((room) => !held.has(room)).map(({ name }) => name)).toEqual([]);
  });

  test.each(rooms.map(({ name }) => name))('%s: nothing is imported that may not be', (name) => {
    const faults = imports
      .filter(({ from }) => roomOf(from).name === name)
      .flatMap((one) => faultOf(one) ?? []);

    expect(faults).toEqual([]);
  });

  test('no files import each other in a circle', () => {
    expect(circlesIn(imports)).toEqual([]);
  });

  test('zod is imported as a namespace, which keeps its locales out of the bundles', () => {
    const wrong = sourceFiles().filter((file) =>
      /import (type )?\{[^}]*\} from 'zod'/.test(readFileSync(path.join(projectRoot, file), 'utf8')),
    );

    expect(wrong).toEqual([]);
  });
});

describe('the check itself', () => {
  const faultsIn = (file: string, line: string) => importsIn(file, line).flatMap((one) => faultOf(one) ?? []);

  test.each([
    ['the domain', 'functions/shared/domain/new.ts', "import type { X } from '../ports/call-routes.ts';"],
    ['the domain', 'functions/shared/domain/new.ts', "import { S3 } from '@aws-sdk/client-s3';"],
    ['a port', 'functions/shared/ports/new.ts', "import { x } from '../use-cases/make-booking.ts';"],
    [
      'a use case',
      'functions/shared/use-cases/new.ts',
      "import { x } from '../adapters/secrets-manager.ts';",
    ],
    ['a use case', 'functions/shared/use-cases/new.ts', "import { x } from '../http/body-text.ts';"],
    ['an adapter', 'functions/shared/adapters/s3/new.ts', "import { x } from '../dynamodb/client.ts';"],
    ['a Lambda', 'functions/call-status/new.ts', "import { x } from '../call-action/handler.ts';"],
    ['a handler', 'functions/call-status/handler.ts', "import { x } from '../shared/wiring/call-record.ts';"],
    ['what is shared', 'functions/shared/wiring/new.ts', "import { x } from '../../call-action/handler.ts';"],
    ['a construct', 'lib/constructs/new.ts', "import { x } from '../../functions/shared/domain/pool.ts';"],
    ['the simulated 8x8', 'lib/simulated-8x8/new.ts', "import { x } from '../routes.ts';"],
    ['the local cloud', 'lib/local-cloud/lambda/new.ts', "import { x } from '../service/settings.ts';"],
    ['the local cloud', 'lib/local-cloud/lambda/new.ts', "import { x } from '../../routes.ts';"],
    ['a command', 'lib/commands/plan/new.ts', "import { x } from '../demo/ladder.ts';"],
    ['an entry point', 'bin/new.ts', "import { x } from '../test/support/bookings.ts';"],
    [
      'a module by its address',
      'lib/new.ts',
      "const x = new URL('../test/support/bookings.ts', import.meta.url);",
    ],
  ])('%s that imports what it may not is named with the way out', (_, file, line) => {
    expect(faultsIn(file, line)).toEqual([expect.stringMatching(/may not import|imports no package/)]);
  });

  test('a circle is found, also one of types and over several files', () => {
    const circle = [
      ...importsIn('lib/a.ts', "import './b.ts';"),
      ...importsIn('lib/b.ts', "import type { C } from './c.ts';"),
      ...importsIn('lib/c.ts', "export { a } from './a.ts';"),
      ...importsIn('lib/d.ts', "import './a.ts';"),
    ];

    expect(circlesIn(circle).map((files) => files.toSorted())).toEqual([
      ['lib/a.ts', 'lib/b.ts', 'lib/c.ts'],
    ]);
  });
});
