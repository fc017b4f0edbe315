import assert from 'node:assert/strict';
import { stackNameOf } from '../../stack-name.ts';
import { API_KEY, type RehearsedStage, subAccounts } from './accounts.ts';
import type { Inventory } from './aws-requests.ts';
import type { CdkOutcome } from './cdk.ts';
import type { DeployedService } from './deployed-service.ts';
import type { Rehearsal } from './rehearsal.ts';

/** One thing that a person does with the project, and what has to come of it. */
export interface Step {
  /** What is done, for the line that tells of it. */
  readonly title: string;
  /** @throws Error, mostly an AssertionError, when something else came of it. */
  run(rehearsal: Rehearsal): Promise<void>;
}

/** The name of the secret with the API key, as the README has it. */
export const SECRET_NAME = '8x8-api-key';

/** Lambda makes the log group of the CDK's function that empties buckets, so that no stack can take it away. */
const LOGS_OF_EMPTYING = /^log group \/aws\/lambda\/.*CustomS3AutoDelete/;

/** The settings by which a stage is given its 8x8 account. */
export function withKey(stage: RehearsedStage, { eightByEight }: Rehearsal) {
  return {
    'eightByEight.subAccountId': subAccounts[stage].id,
    'eightByEight.apiKeySecretName': SECRET_NAME,
    'eightByEight.baseUrl': eightByEight.url,
  };
}

/** @throws Error with the end of what the command printed, when it failed. */
export function succeeded(outcome: CdkOutcome): CdkOutcome {
  if (outcome.exitCode !== 0)
    throw new Error(`cdk failed:\n${outcome.text.trim().split('\n').slice(-25).join('\n')}`);
  return outcome;
}

/** @throws AssertionError unless the command failed and said why. */
export function failedWith(outcome: CdkOutcome, reason: RegExp): void {
  assert.notEqual(outcome.exitCode, 0, 'The command should have failed.');
  assert.match(outcome.text, reason);
}

/** Books two people, and plays a call from one to the other. */
export async function bookAndCall(service: DeployedService, stage: RehearsedStage): Promise<void> {
  const [caller, callee] =
    stage === 'dev' ? (['+6591110001', '+6591110002'] as const) : (['+6591110011', '+6591110012'] as const);
  await service.addNumbers(subAccounts[stage].virtualNumbers);
  const { bookingId, virtualNumber } = await service.book([caller, callee]);
  try {
    const call = await service.call(caller, virtualNumber);
    assert.equal(call.connectedTo, callee, JSON.stringify(call));
    const refused = call.exchanges.filter(({ response }) => response?.status !== 200);
    assert.deepEqual(refused, [], 'Every webhook is answered 200.');
  } finally {
    await service.api('POST', `/v1/bookings/${bookingId}/complete`);
  }
}

/** Whatever is in the account of a stage. */
export function inventoryOf(stage: RehearsedStage, { requests }: Rehearsal): Promise<Inventory> {
  return requests.inventory(stackNameOf(stage));
}

/** @throws AssertionError that names what is left of a stage. */
export async function assertNothingLeft(stage: RehearsedStage, rehearsal: Rehearsal): Promise<void> {
  const left = [...(await inventoryOf(stage, rehearsal))].filter((name) => !LOGS_OF_EMPTYING.test(name));
  assert.deepEqual(left, [], `Nothing of stage ${stage} is left.`);
}

/** Gives the account the secret that a deployment with a key needs. */
export async function createApiKeySecret({ requests }: Rehearsal): Promise<void> {
  await requests.createSecret(SECRET_NAME, API_KEY);
}
