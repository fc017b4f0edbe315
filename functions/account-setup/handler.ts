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
    if (properties.apiKeySecretName === undefined) {
      const Summary = instructionsByHand(properties);
      deps.logger.info('ACCOUNT_SETUP_BY_HAND');
      return { PhysicalResourceId, Data: { Status: 'by-hand', Summary } };
    }
    const before = tryReadProperties(request.OldResourceProperties);
    const former = before?.subAccountId === properties.subAccountId ? before : undefined;
    return {
      PhysicalResourceId,
      Data: { Status: 'configured', Summary: await setUp(properties, former, deps) },
    };
  };
}
