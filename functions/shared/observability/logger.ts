import { METRIC_NAMESPACE, type MetricName } from './metric-names.ts';

/**
 * What a log line may carry. The keys are a closed list, so an object that happens to hold a phone number cannot
 * be spread into a line by accident.
 */
export interface LogFields {
  readonly awsRequestId?: string | undefined;
  readonly bookingId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly recordingId?: string | undefined;
  readonly webhook?: string | undefined;
  readonly routeKey?: string | undefined;
  readonly decision?: string | undefined;
  readonly callStatus?: string | undefined;
  readonly direction?: string | undefined;
  /** What another function reads from the line: encoded, never masked, so it may hold nothing in the clear. */
  readonly record?: string | undefined;
  readonly problem?: string | undefined;
  readonly status?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly lookupMs?: number | undefined;
  readonly atMs?: number | undefined;
  readonly count?: number | undefined;
  readonly attempts?: number | undefined;
  readonly country?: string | undefined;
  readonly paths?: readonly string[] | undefined;
  readonly reason?: string | undefined;
}

/** A metric that rides on a log line in CloudWatch's embedded metric format, so counting costs no request. */
export interface LogMetric {
  readonly name: MetricName;
  readonly value: number;
  readonly unit: 'Count' | 'Milliseconds' | 'Percent' | 'None';
  /** Low-cardinality dimension, such as the decision. */
  readonly dimension?: { readonly name: string; readonly value: string };
}

export interface Logger {
  info(code: string, fields?: LogFields, metrics?: readonly LogMetric[]): void;
  warn(code: string, fields?: LogFields, metrics?: readonly LogMetric[]): void;
  /** Logs the name, message and stack of `error`, never its cause or other fields: they may hold a payload. */
  error(code: string, error: unknown, fields?: LogFields, metrics?: readonly LogMetric[]): void;
}

/**
 * Digits that could be a phone number, its plus as it is in text or in a URL; runs inside an id (letters or dashes
 * around them) are left alone.
 */
const PHONE_LIKE = /(?<![A-Za-z\d-])(?:%2[Bb]|\+)?\d(?:[ .()-]?\d){6,}(?![A-Za-z\d-])/g;

function masked(text: string): string {
  return text.replace(PHONE_LIKE, '[number]');
}

function maskedFields(fields: LogFields): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value === 'string') safe[key] = key === 'record' ? value : masked(value);
    else if (Array.isArray(value)) safe[key] = value.map(masked);
    else if (value !== undefined) safe[key] = value;
  }
  return safe;
}

function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const frames = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
  return { errorName: error.name, errorMessage: masked(error.message), stack: frames.slice(0, 8) };
}

/** CloudWatch's embedded metric format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ */
function embedMetrics(metrics: readonly LogMetric[], nowMs: number): Record<string, unknown> {
  if (metrics.length === 0) return {};
  const values: Record<string, unknown> = {};
  for (const { name, value, dimension } of metrics) {
    values[name] = value;
    if (dimension !== undefined) values[dimension.name] = dimension.value;
  }
  const directives = metrics.map(({ name, unit, dimension }) => ({
    Namespace: METRIC_NAMESPACE,
    Dimensions: dimension === undefined ? [[]] : [[], [dimension.name]],
    Metrics: [{ Name: name, Unit: unit }],
  }));
  return { _aws: { Timestamp: nowMs, CloudWatchMetrics: directives }, ...values };
}

/**
 * A logger that writes one JSON line per event. A library would cost the call path a fifth of its start-up time
 * and accepts any object; this one accepts the fields above and masks what looks like a phone number.
 *
 * @param write takes the finished line; standard output by default.
 */
export function createLogger(
  service: string,
  write: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
  nowMs: () => number = Date.now,
): Logger {
  function line(
    level: string,
    code: string,
    fields: LogFields,
    metrics: readonly LogMetric[],
    extra: Record<string, unknown>,
  ) {
    const atMs = nowMs();
    write(
      JSON.stringify({
        level,
        code,
        service,
        time: new Date(atMs).toISOString(),
        ...maskedFields(fields),
        ...extra,
        ...embedMetrics(metrics, atMs),
      }),
    );
  }
  return {
    info: (code, fields = {}, metrics = []) => line('INFO', code, fields, metrics, {}),
    warn: (code, fields = {}, metrics = []) => line('WARN', code, fields, metrics, {}),
    error: (code, error, fields = {}, metrics = []) =>
      line('ERROR', code, fields, metrics, describeError(error)),
  };
}

/** One more of something. */
export function countMetric(name: MetricName, dimension?: LogMetric['dimension']): LogMetric {
  return { name, value: 1, unit: 'Count', ...(dimension && { dimension }) };
}
