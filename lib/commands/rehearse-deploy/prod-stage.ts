import assert from 'node:assert/strict';
import * as z from 'zod';
import { stackNameOf } from '../../stack-name.ts';
import type { DeployedService } from './deployed-service.ts';
import { grantSteps } from './grants.ts';
import type { Rehearsal } from './rehearsal.ts';
import {
  bookAndCall,
  createApiKeySecret,
  failedWith,
  inventoryOf,
  type Step,
  succeeded,
  withKey,
} from './steps.ts';

const CALL_WEBHOOKS = ['VCA', 'VCS', 'VSS'];
const FOREVER = 10_000;
const rulesSchema = z.object({ Rules: z.array(z.object({ Name: z.string() })) });
const targetsSchema = z.object({ Targets: z.array(z.object({ Input: z.string().optional() })) });

/** A stage whose 8x8 account is set up by its deployments, whatever 8x8 refuses. */
export function prodSteps(): Step[] {
  let service: DeployedService;
  const settings = (rehearsal: Rehearsal) => ({
    ...withKey('prod', rehearsal),
    'operations.events': { webhookUrl: rehearsal.companyUrl },
  });
  const simulator = (rehearsal: Rehearsal) => rehearsal.service('prod', {});
  const refuse = (rehearsal: Rehearsal, fault: object) =>
    simulator(rehearsal).simulator('POST', '/management-faults', { next: FOREVER, ...fault });
  const deploy = async (rehearsal: Rehearsal, changes: object = {}) => {
    const { outputs } = succeeded(await rehearsal.cdk.deploy('prod', { ...settings(rehearsal), ...changes }));
    service = rehearsal.service('prod', outputs);
    return outputs;
  };
  const registered = async () => (await service.webhooks()).map(({ type }) => type).sort();
  const isOurs = ({ url }: { url: string }) => url.startsWith(service.output('ApiUrl'));
  let before = new Set<string>();
  const assertNothingNew = async (rehearsal: Rehearsal) => {
    const added = [...(await inventoryOf('prod', rehearsal))].filter((name) => !before.has(name));
    assert.deepEqual(added, [], 'The failed deployment leaves nothing.');
  };

  return [
    {
      title: 'prod: without the secret, the deployment says which one, and how to make it',
      async run(rehearsal) {
        before = new Set(await inventoryOf('prod', rehearsal));
        const outcome = await rehearsal.cdk.deployAsDocumented('prod', settings(rehearsal));
        failedWith(outcome, /no secret "8x8-api-key".*apiKeySecretName.*create-secret --name 8x8-api-key/s);
        await assertNothingNew(rehearsal);
      },
    },
    {
      title: 'prod: an outage of 8x8 in the middle of the set-up fails the deployment',
      async run(rehearsal) {
        await createApiKeySecret(rehearsal);
        await refuse(rehearsal, { status: 503, method: 'POST', bodyContains: '"VCA"' });
        await refuse(rehearsal, { status: 503, method: 'DELETE' });
        const outcome = await rehearsal.cdk.deploy('prod', settings(rehearsal));
        await simulator(rehearsal).simulator('DELETE', '/management-faults');
        failedWith(outcome, /stopped at "create VCA"/);
        assert.equal(await rehearsal.requests.stackStatus(stackNameOf('prod')), 'ROLLBACK_COMPLETE');
        await assertNothingNew(rehearsal);
        assert.notEqual(
          (await simulator(rehearsal).webhooks()).length,
          0,
          'What it registered is still at 8x8.',
        );
      },
    },
    {
      title: 'prod: the second try knows its own leavings; what 8x8 refuses and calls can do without is told',
      async run(rehearsal) {
        await refuse(rehearsal, { status: 403, method: 'POST', pathContains: '/recording-push-config' });
        await refuse(rehearsal, { status: 403, pathContains: '/speech-profiles' });
        for (const type of ['VRU', 'VNU'])
          await refuse(rehearsal, { status: 400, method: 'POST', bodyContains: `"${type}"` });
        const outputs = await deploy(rehearsal);
        assert.equal(outputs.AccountSetupStatus, 'incomplete');
        for (const target of ['recording-push-config', 'VRU', 'VNU', 'voices'])
          assert.match(outputs.AccountSetupSummary ?? '', new RegExp(target));
        const calls = (await service.webhooks()).filter(({ type }) => CALL_WEBHOOKS.includes(type));
        assert.equal(calls.filter(isOurs).length, CALL_WEBHOOKS.length, JSON.stringify(calls));
      },
    },
    {
      title: 'prod: a booking and a call',
      run: () => bookAndCall(service, 'prod'),
    },
    {
      title: 'prod: the hourly check tells, and finishes the set-up when 8x8 allows it',
      async run(rehearsal) {
        const check = await driftCheckOf(rehearsal);
        await check();
        assert.deepEqual(await registered(), CALL_WEBHOOKS);
        await service.simulator('DELETE', '/management-faults');
        await check();
        assert.deepEqual(await registered(), [...CALL_WEBHOOKS, 'VNU', 'VRU'].sort());
        const push = JSON.stringify(await service.management('GET', '/recording-push-config'));
        assert.match(push, new RegExp(service.output('RecordingsBucketName')));
      },
    },
    ...grantSteps(() => service),
    {
      title: 'prod: cdk diff is empty',
      async run(rehearsal) {
        succeeded(await rehearsal.cdk.diffAsDocumented('prod', settings(rehearsal)));
      },
    },
    {
      title: 'prod: a key that is taken away is not taken away in silence',
      async run(rehearsal) {
        const { 'eightByEight.apiKeySecretName': _, ...withoutKey } = settings(rehearsal);
        const { outputs } = succeeded(await rehearsal.cdk.deploy('prod', withoutKey));
        assert.equal(outputs.AccountSetupStatus, 'by-hand');
        assert.match(outputs.AccountSetupSummary ?? '', /stays in the sub-account/);
      },
    },
    {
      title: 'prod: with the key again the account is as it should be',
      async run(rehearsal) {
        const outputs = await deploy(rehearsal);
        assert.equal(outputs.AccountSetupStatus, 'configured', outputs.AccountSetupSummary);
      },
    },
    {
      title: 'prod: cdk destroy takes everything out of the 8x8 account',
      async run(rehearsal) {
        succeeded(await rehearsal.cdk.destroy('prod', settings(rehearsal)));
        assert.deepEqual(await service.webhooks(), []);
        const parameters = await rehearsal.requests.json('ssm', 'AmazonSSM.DescribeParameters');
        assert.doesNotMatch(JSON.stringify(parameters), /8x8-account/, 'No trace is remembered.');
      },
    },
    {
      title: 'prod: deployed again over what was kept; a booking and a call',
      async run(rehearsal) {
        await deploy(rehearsal);
        await bookAndCall(service, 'prod');
      },
    },
    {
      title: 'prod: as a stage that may be destroyed, it leaves nothing of its last life',
      async run(rehearsal) {
        before = new Set(before);
        const destroy = { 'operations.removalPolicy': 'destroy' };
        await deploy(rehearsal, destroy);
        await rehearsal.requests.putObject(
          service.output('RecordingsBucketName'),
          'recordings/call.mp3',
          'audio',
        );
        const kept = new Set(await inventoryOf('prod', rehearsal));
        succeeded(await rehearsal.cdk.destroy('prod', { ...settings(rehearsal), ...destroy }));
        const left = await inventoryOf('prod', rehearsal);
        assert.ok(!left.has(`bucket ${service.output('RecordingsBucketName')}`), 'Its bucket is gone.');
        assert.ok(left.size < kept.size);
      },
    },
  ];

  /** What the schedule sends to the function, sent now. */
  async function driftCheckOf({ requests }: Rehearsal): Promise<() => Promise<unknown>> {
    const { Rules } = rulesSchema.parse(await requests.json('events', 'AWSEvents.ListRules'));
    for (const { Name } of Rules) {
      const { Targets } = targetsSchema.parse(
        await requests.json('events', 'AWSEvents.ListTargetsByRule', { Rule: Name }),
      );
      const input = Targets.map(({ Input }) => Input ?? '').find((text) => text.includes('DriftCheck'));
      if (input === undefined) continue;
      const functions = await requests.functions();
      const name = functions.find(({ FunctionName }) =>
        FunctionName.includes('AccountSetupFunction'),
      )?.FunctionName;
      const event: object = JSON.parse(input);
      return () => requests.invoke(name ?? '', event);
    }
    throw new Error('No rule checks the account.');
  }
}
