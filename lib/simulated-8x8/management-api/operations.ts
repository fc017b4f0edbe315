import type { Route, SimulatorAnswer, SimulatorRequest } from '../http.ts';
import { type ManagementFault, takeFault } from '../model/management-faults.ts';
import { SUB_ACCOUNT_ID, type SubAccount } from '../model/sub-account.ts';
import type { Platform } from '../platform.ts';
import { type ErrorForm, genericError } from './answers.ts';

const PREFIX = '/api/v1/subaccounts/{subAccountId}';

/** One operation on a sub-account; its path is below the sub-account's. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  /** The form of its errors; the generic one when absent. */
  readonly errorForm?: ErrorForm;
  handle(platform: Platform, subAccount: SubAccount, request: SimulatorRequest): SimulatorAnswer;
}

/** Makes a route of an operation: armed faults first, then the API key, then the sub-account. */
export function toRoute(platform: Platform, operation: Operation): Route {
  const errorForm = operation.errorForm ?? genericError;
  const path = `${PREFIX}${operation.path}`;

  function handle(request: SimulatorRequest): SimulatorAnswer {
    const subAccountId = request.params.subAccountId ?? '';
    const opened = keyOf(request.authorization, platform);
    if (opened === undefined) return errorForm(platform, 'no-key', subAccountId);
    const subAccount = SUB_ACCOUNT_ID.test(subAccountId) ? platform.subAccounts.get(subAccountId) : undefined;
    if (subAccount === undefined) return errorForm(platform, 'no-sub-account', subAccountId);
    if (!opened.has(subAccountId)) return errorForm(platform, 'forbidden', subAccountId);
    return operation.handle(platform, subAccount, request);
  }

  return {
    method: operation.method,
    path,
    summary: operation.summary,
    handle(request) {
      const { fault, remaining } = takeFault(platform.run.managementFaults, request);
      platform.run.managementFaults = remaining;
      if (fault === undefined) return handle(request);
      if (fault.carriedOut) handle(request);
      return failed(platform, fault, errorForm, request.params.subAccountId ?? '');
    },
  };
}

/** What the error says, by its status. */
function formOf(status: number): 'forbidden' | 'too-many' | 'server-error' {
  if (status === 429) return 'too-many';
  return status < 500 ? 'forbidden' : 'server-error';
}

/** The sub-accounts that the key of this header opens. */
function keyOf(authorization: string | undefined, platform: Platform): ReadonlySet<string> | undefined {
  const key = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return key === undefined ? undefined : platform.subAccountsByApiKey.get(key);
}

function failed(
  platform: Platform,
  fault: ManagementFault,
  errorForm: ErrorForm,
  subAccountId: string,
): SimulatorAnswer {
  if (fault.status === 'reset') return { status: 500, reset: true };
  const answer = errorForm(platform, formOf(fault.status), subAccountId);
  return {
    ...answer,
    status: fault.status,
    ...(fault.retryAfterSeconds === undefined
      ? {}
      : { headers: { 'retry-after': String(fault.retryAfterSeconds) } }),
  };
}
