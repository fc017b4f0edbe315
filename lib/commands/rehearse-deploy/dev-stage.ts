import assert from 'node:assert/strict';
import type { DeployedService } from './deployed-service.ts';
import { assertNothingLeft, bookAndCall, type Step, succeeded } from './steps.ts';

/** Every setting that may change while calls are carried, with a value that is not its default. */
const CHANGED_ALIVE = {
  'eightByEight.numberFormat': 'digits',
  'eightByEight.allowedSourceIps': ['127.0.0.1'],
  'bookings.defaultSeconds': 3600,
  'bookings.coolDownSeconds': 60,
  'bookings.numbering': 'per-party',
  'bookings.sticky': true,
  'callers.deadlineMs': 1500,
  'callAction.memoryMb': 512,
  'callAction.reservedConcurrency': 20,
  'callAction.provisionedConcurrency': { min: 1, max: 5 },
  'recordings.keepDays': 30,
  'recordings.colderAfterDays': 10,
  'api.throttle': { burst: 100, rate: 50 },
  'operations.architecture': 'x86_64',
  'operations.ownKey': true,
  'operations.retentionDays': { bookings: 30, calls: 60, logs: 14 },
  'operations.events': { archiveDays: 3, includePhoneNumbers: true },
  'operations.alarmEmail': 'oncall@example.com',
};

/** A stage that is set up by hand, changed, and removed without a trace. */
export function devSteps(): Step[] {
  let service: DeployedService;
  return [
    {
      title: 'dev: cdk deploy without an API key',
      async run(rehearsal) {
        const { outputs } = succeeded(await rehearsal.cdk.deployAsDocumented('dev'));
        assert.equal(outputs.AccountSetupStatus, 'by-hand');
        service = rehearsal.service('dev', outputs);
      },
    },
    {
      title: 'dev: the webhooks are entered by hand; a booking and a call',
      async run() {
        await service.registerByHand();
        await bookAndCall(service, 'dev');
      },
    },
    {
      title: 'dev: cdk diff is empty',
      async run({ cdk }) {
        succeeded(await cdk.diffAsDocumented('dev'));
      },
    },
    {
      title: 'dev: every setting that may change alive is changed; a booking and a call',
      async run(rehearsal) {
        const { outputs } = succeeded(await rehearsal.cdk.deploy('dev', CHANGED_ALIVE));
        assert.equal(outputs.ApiUrl, service.output('ApiUrl'), 'The address stays.');
        await bookAndCall(service, 'dev');
      },
    },
    {
      title: 'dev: cdk destroy after use leaves nothing',
      async run(rehearsal) {
        const bucket = service.output('RecordingsBucketName');
        await rehearsal.requests.putObject(bucket, 'recordings/call.mp3', 'audio');
        await rehearsal.requests.putObject(bucket, 'recordings/call.mp3', 'audio of a second version');
        succeeded(await rehearsal.cdk.destroy('dev', CHANGED_ALIVE));
        await assertNothingLeft('dev', rehearsal);
      },
    },
  ];
}
