import assert from 'node:assert/strict';
import { stackNameOf } from '../../stack-name.ts';
import { assertNothingLeft, bookAndCall, failedWith, inventoryOf, type Step, succeeded } from './steps.ts';

/**
 * Where a first deployment is let fail: early, at what holds data, at what is built on it, at the account, and as late
 * as it can be.
 */
const FAILING = ['WebhookSecret', 'CallsTable', 'BookingApiFunction', 'EightByEightAccount', 'Dashboard'];

/** First deployments that fail, the try after each, and a stage that keeps its data. */
export function failingDeploymentSteps(): Step[] {
  const failing = FAILING.map(
    (logicalId): Step => ({
      title: `prod: a first deployment that fails at ${logicalId} leaves nothing and is in nobody's way`,
      async run(rehearsal) {
        const { aws, cdk, requests } = rehearsal;
        await aws.set({ failAt: logicalId });
        const outcome = await cdk.deploy('prod');
        await aws.set({ failAt: null });
        failedWith(outcome, new RegExp(`lets ${logicalId} fail`));
        assert.equal(await requests.stackStatus(stackNameOf('prod')), 'ROLLBACK_COMPLETE');
        await assertNothingLeft('prod', rehearsal);
      },
    }),
  );
  return [
    ...failing,
    {
      title: 'prod: the next try succeeds, without an API key; a booking and a call',
      async run(rehearsal) {
        const { outputs } = succeeded(await rehearsal.cdk.deploy('prod'));
        const service = rehearsal.service('prod', outputs);
        await service.registerByHand();
        await bookAndCall(service, 'prod');
        await service.simulator('POST', '/reset', { account: true });
      },
    },
    {
      title: 'prod: an update that fails goes back to what was there',
      async run(rehearsal) {
        const { aws, cdk, requests } = rehearsal;
        await aws.set({ failAt: 'BookingApiFunction' });
        const outcome = await cdk.deploy('prod', { 'bookings.coolDownSeconds': 60 });
        await aws.set({ failAt: null });
        assert.notEqual(outcome.exitCode, 0);
        assert.equal(await requests.stackStatus(stackNameOf('prod')), 'UPDATE_ROLLBACK_COMPLETE');
      },
    },
    {
      title: 'prod: cdk destroy keeps tables, buckets and logs, and protects the tables',
      async run(rehearsal) {
        succeeded(await rehearsal.cdk.destroy('prod'));
        const left = [...(await inventoryOf('prod', rehearsal))];
        assert.deepEqual(
          [...new Set(left.map((line) => line.split(' ')[0]))].sort(),
          ['bucket', 'log', 'secret', 'table'],
          left.join('\n'),
        );
        for (const line of left.filter((name) => name.startsWith('table '))) {
          const TableName = line.slice('table '.length);
          const table = await rehearsal.requests.json('dynamodb', 'DynamoDB_20120810.DescribeTable', {
            TableName,
          });
          assert.match(
            JSON.stringify(table),
            /"DeletionProtectionEnabled": ?true/,
            `${TableName} is protected.`,
          );
        }
      },
    },
  ];
}
