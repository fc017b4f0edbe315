import { instructionsByHand } from '../shared/use-cases/account-settings.ts';
import {
  type CustomResourceAnswer,
  physicalResourceId,
  readEvent,
  readProperties,
  tryReadProperties,
} from './custom-resource.ts';
import { type AccountSetupDeps, checkDrift, leave, setUp } from './lifecycle.ts';

/**
 * Sets the 8x8 account up when the stack is deployed, leaves it when the stack goes, and looks on a schedule whether
 * it still is as it was left. A set-up that fails fails the deployment; leaving never does.
 */
export function createAccountSetupHandler(deps: AccountSetupDeps) {
  return async (event: unknown): Promise<CustomResourceAnswer | undefined> => {
    const request = readEvent(event);
    if ('DriftCheck' in request) {
      await checkDrift(readProperties(request.DriftCheck), deps);
      return undefined;
    }
    if (request.RequestType === 'Delete') {
      const properties = tryReadProperties(request.ResourceProperties);
      const Summary =
        properties === undefined ? 'There was nothing to leave.' : await leave(properties, deps);
      return {
        PhysicalResourceId: request.PhysicalResourceId ?? '8x8-account',
        Data: { Status: 'left', Summary },
      };
    }
    const properties = readProperties(request.ResourceProperties);
    const PhysicalResourceId = physicalResourceId(properties);
    const before = tryReadProperties(request.OldResourceProperties);
    if (properties.apiKeySecretName === undefined) {
      const keyIsGone = before?.apiKeySecretName !== undefined;
      const Summary = [
        ...(keyIsGone ? [whatStays(before.subAccountId)] : []),
        instructionsByHand(properties),
      ].join('\n');
      if (keyIsGone) deps.logger.warn('ACCOUNT_KEY_TAKEN_AWAY');
      else deps.logger.info('ACCOUNT_SETUP_BY_HAND');
      return { PhysicalResourceId, Data: { Status: 'by-hand', Summary } };
    }
    const former = before?.subAccountId === properties.subAccountId ? before : undefined;
    const { isComplete, summary } = await setUp(properties, former, deps);
    const Status = isComplete ? 'configured' : 'incomplete';
    return { PhysicalResourceId, Data: { Status, Summary: summary } };
  };
}

/** The key went with this deployment, so that nothing could be taken out with it any more. */
function whatStays(subAccountId: string): string {
  return (
    `The setting eightByEight.apiKeySecretName is gone. What was registered with it stays in the sub-account ` +
    `${subAccountId} and goes on delivering here, but nobody checks it any more and a removal of the stack will not take ` +
    'it out: do that by hand at connect.8x8.com/webhooks, or set the key again. As it should be:'
  );
}
