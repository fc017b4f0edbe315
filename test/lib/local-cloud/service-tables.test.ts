import { Code } from 'aws-cdk-lib/aws-lambda';
import { expect, test } from 'vitest';
import {
  makeTemporaryFolder,
  removeTemporaryFolder,
} from '../../../lib/local-cloud/processes/guarded-process.ts';
import { readDeployment } from '../../../lib/local-cloud/template/deployment.ts';
import { synthesize } from '../../../lib/synthesize.ts';
import { serviceTables } from '../../support/service-tables.ts';
import { fixtureFolder } from './support/function-fixture.ts';

test('the tables that store tests create are those of the stack', async () => {
  const outdir = makeTemporaryFolder('service-tables-test-');
  const assembly = synthesize({
    stage: 'local',
    outdir,
    codeFor: () => Code.fromAsset(fixtureFolder('functions')),
  });

  const { tables } = readDeployment(assembly.directory, { api: '', queues: '' });
  await removeTemporaryFolder(outdir);

  const { definitions } = serviceTables('test');
  expect(tables.map(shapeOf)).toEqual(definitions.map(shapeOf));
});

/** Everything of a table but its name. */
function shapeOf({ create, ttlAttribute }: ReturnType<typeof serviceTables>['definitions'][number]) {
  return { ...create, TableName: undefined, ttlAttribute };
}
