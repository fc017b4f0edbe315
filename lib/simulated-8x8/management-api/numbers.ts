import { isoMilliseconds } from '../model/clock.ts';
import type { SubAccount, VirtualNumber } from '../model/sub-account.ts';
import { tariff } from '../webhooks/webhook-bodies.ts';
import { numbersError, succeeded } from './answers.ts';
import type { Operation } from './operations.ts';

/** What the path of a single number can hold: too little for the longest numbers, as on the real platform. */
const NUMBER_IN_PATH = /^[0-9]{7,10}$/;

/** GET /numbers and GET /numbers/{number}. */
export const numberOperations: readonly Operation[] = [
  {
    method: 'GET',
    path: '/numbers',
    summary: 'All virtual numbers with their health',
    handle(platform, subAccount) {
      const numbers = [...subAccount.numbers.values()];
      const updatedMs = numbers.map((number) => number.updatedMs);
      return succeeded({
        totalNumbers: numbers.length,
        lastUpdatedAt: isoMilliseconds(Math.max(...updatedMs, 0) || platform.clock.nowMs()),
        numbers: numbers.map((number) => describe(subAccount, number)),
      });
    },
  },
  {
    method: 'GET',
    path: '/numbers/{number}',
    summary: 'Check one virtual number',
    errorForm: numbersError,
    handle(platform, subAccount, { params }) {
      const digits = params.number ?? '';
      const number = NUMBER_IN_PATH.test(digits) ? subAccount.numbers.get(`+${digits}`) : undefined;
      if (number === undefined) return numbersError(platform, 'not-found', subAccount.id);
      const { referenceId, msisdn, countryCode } = number;
      return succeeded({
        timestamp: isoMilliseconds(platform.clock.nowMs()),
        payload: { referenceId, msisdn, countryCode },
      });
    },
  },
];

function describe(subAccount: SubAccount, number: VirtualNumber): object {
  const { msisdn, countryCode, referenceId, operationalStatus, createdMs, updatedMs } = number;
  const isHealthy = operationalStatus !== 'Unhealthy';
  return {
    msisdn,
    dateCreated: isoMilliseconds(createdMs),
    dateUpdated: isoMilliseconds(updatedMs),
    countryCode,
    operationalStatus: isHealthy ? operationalStatus : 'Active',
    referenceId,
    ...tariff,
    uri: `/api/v1/subaccounts/${encodeURIComponent(subAccount.id)}/numbers/${msisdn.slice(1)}`,
    numberType: 'LOCAL',
    numberHealth: {
      isHealthy,
      status: isHealthy ? 'HEALTHY' : 'UNHEALTHY',
      lastCheckedTime: isoMilliseconds(updatedMs),
    },
  };
}
