import type { Row, Topic } from './report.ts';
import type { OperationCosts } from './requests-per-operation.ts';

/**
 * List prices in US dollars, on demand, of us-east-1; other regions differ by up to a third. As AWS published
 * them on its pricing pages for DynamoDB, Lambda, API Gateway and CloudWatch Logs, as of November 2025.
 */
const prices = {
  source: 'AWS list prices, us-east-1, November 2025',
  readUnitsPerMillion: 0.125,
  writeUnitsPerMillion: 0.625,
  lambdaRequestsPerMillion: 0.2,
  lambdaArmGbSecond: 0.0000133334,
  httpApiRequestsPerMillion: 1,
  logsPerGb: 0.5,
} as const;

/** What is assumed where nothing is measured here. */
const assumed = { lambdaMs: 15, lambdaGb: 0.5, logBytes: 900 } as const;

function lambdaAndApi(): number {
  const gbSeconds = (1_000_000 * assumed.lambdaMs * assumed.lambdaGb) / 1000;
  const logGb = (1_000_000 * assumed.logBytes) / 1e9;
  return (
    prices.httpApiRequestsPerMillion +
    prices.lambdaRequestsPerMillion +
    gbSeconds * prices.lambdaArmGbSecond +
    logGb * prices.logsPerGb
  );
}

/** Dollars per million calls and bookings, worked out from the units measured. */
export function workOutCost(costs: OperationCosts): Topic {
  const database = ({ readUnits, writeUnits }: OperationCosts['call']): number =>
    readUnits * prices.readUnitsPerMillion + writeUnits * prices.writeUnitsPerMillion;
  const dollars = (what: string, amount: number): Row => ({ what, measured: `$${amount.toFixed(2)}` });
  const booking = database(costs.book) + database(costs.end);
  return {
    title: 'Cost per million, worked out',
    how:
      `${prices.source}; units as measured, and ${assumed.lambdaMs} ms of ${assumed.lambdaGb} GB (arm64) and ` +
      `${assumed.logBytes} bytes of log a request assumed. Without data transfer, streams and the record of calls.`,
    rows: [
      dollars('calls decided: DynamoDB', database(costs.call)),
      dollars('calls decided: HTTP API, Lambda and logs', lambdaAndApi()),
      dollars('calls decided: together', database(costs.call) + lambdaAndApi()),
      dollars('bookings made and ended: DynamoDB', booking),
      dollars('bookings made and ended: with HTTP API, Lambda and logs', booking + 2 * lambdaAndApi()),
    ],
  };
}
