import * as z from 'zod';
import { callerMessages } from './caller-messages.ts';
import { numbers } from './number-settings.ts';

/** The stages that there are. */
export const stageNames = ['local', 'dev', 'prod'] as const;

/** Where the service runs: on one machine, in an account that may be emptied, or for real. */
export type StageName = (typeof stageNames)[number];

const DAY_SECONDS = 86_400;
const MONTH_SECONDS = 30 * DAY_SECONDS;
const YEAR_SECONDS = 366 * DAY_SECONDS;

/** Where 8x8's voice webhooks come from; only Singapore's addresses are published. */
const PUBLISHED_SOURCE_IPS = ['18.140.80.2', '52.220.253.234', '54.255.116.8', '52.74.232.241'];

/** What CloudWatch Logs accepts as a retention, in days. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const group = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, 'an object of settings');

function whole(from: number, to: number, unit = '') {
  const right = `a whole number${unit && ` of ${unit}`} from ${from} to ${to}`;
  return z.int(right).min(from, right).max(to, right);
}

function decimal(from: number, to: number) {
  const right = `a number from ${from} to ${to}`;
  return z.number(right).min(from, right).max(to, right);
}

function text(right: string, pattern: RegExp) {
  // A value given with -c looks like a number when it is all digits; the conversion back loses nothing.
  return z.preprocess(
    (given) => (typeof given === 'number' ? String(given) : given),
    z.string(right).regex(pattern, right),
  );
}

const onOrOff = z.boolean('true or false');

const callPrices = group({
  currency: text('a currency such as "SGD"', /^[A-Z]{3}$/),
  inboundPerMinute: decimal(0, 1000),
  outboundPerMinute: decimal(0, 1000),
  incrementSeconds: whole(1, 60, 'seconds').default(60),
});

const eightByEight = group({
  subAccountId: text('the id of a sub-account, 3 to 50 characters', /^[A-Za-z0-9\-._&]{3,50}$/)
    .optional()
    .describe('Sub-account of 8x8 whose virtual numbers are used.'),
  baseUrl: text(
    'an https URL, or an http URL of this machine',
    /^(https:\/\/[\w.-]+|http:\/\/(127\.0\.0\.1|localhost))(:\d+)?\/?$/,
  )
    .transform((url) => url.replace(/\/$/, ''))
    .default('https://voice.8x8.com')
    .describe("Address of 8x8's voice API."),
  apiKeySecretName: text('the name of a secret in Secrets Manager', /^[\w/+=.@-]{1,512}$/)
    .optional()
    .describe(
      'Secret in Secrets Manager that holds the API key of 8x8; absent: the account is set up by hand.',
    ),
  takeOver: onOrOff
    .default(false)
    .describe(
      'Whether a deployment may take the sub-account from another system whose webhooks it has; off: it fails.',
    ),
  webhookAuthorizationRevision: text('any text of up to 100 characters', /^.{1,100}$/)
    .optional()
    .describe(
      'Change it after you changed the webhook secret: the webhooks are then registered with the new value.',
    ),
  numberFormat: z
    .enum(['plus', 'digits'], '"plus" or "digits"')
    .default('plus')
    .describe('Whether phone numbers are sent to 8x8 with or without the leading "+".'),
  allowedSourceIps: z
    .union(
      [
        z.literal('off').transform((): string[] => []),
        z.literal('published').transform((): string[] => PUBLISHED_SOURCE_IPS),
        z
          .array(z.ipv4('an IPv4 address'))
          .min(1, 'at least one address, or "off"')
          .max(20, 'at most 20 addresses'),
      ],
      '"off", "published" or a list of IPv4 addresses',
    )
    .default([])
    .describe(
      'Addresses that webhooks may come from: "off", "published" (the ones 8x8 publishes) or a list.',
    ),
  prices: callPrices
    .optional()
    .describe(
      'What a minute of a leg costs by your contract, and in what stretches it is billed, to estimate the cost of a ' +
        'booking; absent: no estimate.',
    ),
}).refine(
  ({ apiKeySecretName, subAccountId }) => apiKeySecretName === undefined || subAccountId !== undefined,
  { path: ['subAccountId'], error: 'the sub-account that the API key is for' },
);

const bookings = group({
  defaultSeconds: whole(1, YEAR_SECONDS, 'seconds')
    .default(7200)
    .describe('Life of a booking that names no end.'),
  longestSeconds: whole(1, YEAR_SECONDS, 'seconds')
    .default(MONTH_SECONDS)
    .describe('Longest life a booking may ask for.'),
  coolDownSeconds: whole(0, MONTH_SECONDS, 'seconds')
    .default(1800)
    .describe(
      'How long a virtual number rests for a party after a booking, so that a late caller reaches nobody else.',
    ),
  leastCoolDownSeconds: whole(0, MONTH_SECONDS, 'seconds')
    .default(300)
    .describe(
      'How short the rest of the number that has rested longest may be made rather than refuse a booking; no shorter ' +
        'than the cool-down: never.',
    ),
  numbering: z
    .enum(['shared', 'per-party'], '"shared" or "per-party"')
    .default('shared')
    .describe('Whether both parties see one virtual number or each their own, when a booking does not say.'),
  sticky: onOrOff
    .default(false)
    .describe('Whether the same two parties get the same virtual number again when it is free.'),
  limits: group({
    maxCalls: whole(1, 1_000_000).optional(),
    maxCallsPerMinute: whole(1, 20).optional(),
  })
    .default({ maxCalls: 100 })
    .describe(
      'Limits of a booking that names none of its own: its calls, and its calls a minute; {} sets none.',
    ),
}).refine(({ defaultSeconds, longestSeconds }) => defaultSeconds <= longestSeconds, {
  path: ['defaultSeconds'],
  error: 'at most bookings.longestSeconds',
});

const callers = group({
  deadlineMs: whole(200, 5000, 'milliseconds')
    .default(1000)
    .describe(
      'How long a caller may wait for the answer; then the message of the case "service-unavailable" is sent.',
    ),
  messages: callerMessages.describe('What callers hear who are not connected, by case and by country.'),
  strangers: z
    .union(
      [
        z.strictObject({ message: z.literal(true) }),
        z.strictObject({ menu: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/) }),
      ],
      '{ "message": true } or { "menu": "…" } with the id of a menu',
    )
    .default({ message: true })
    .describe(
      'What callers meet who have no booking on a virtual number that says nothing else: the message, or a menu.',
    ),
});

const misuse = group({
  strangerTries: whole(0, 100)
    .default(5)
    .describe(
      'Different numbers that a caller without a booking may dial before the call is ended without a word; 0: never.',
    ),
  strangerRestSeconds: whole(60, DAY_SECONDS, 'seconds')
    .default(3600)
    .describe('How long such a caller is hung up on, and how long a try is remembered.'),
  moneyPerHour: decimal(0.01, 1_000_000)
    .optional()
    .describe(
      'What calls may cost in an hour, by `eightByEight.prices`, before an alarm tells; absent: no alarm.',
    ),
});

const callAction = group({
  memoryMb: whole(128, 10_240, 'megabytes')
    .default(1024)
    .describe('Memory, and with it processor, of the function.'),
  provisionedConcurrency: group({
    min: whole(1, 1000),
    max: whole(1, 1000),
    targetUtilization: decimal(0.1, 0.9).default(0.7),
  })
    .refine(({ min, max }) => min <= max, { path: ['max'], error: 'at least as much as "min"' })
    .optional()
    .describe('Environments kept warm, scaled between "min" and "max"; absent: none.'),
  reservedConcurrency: whole(1, 10_000)
    .optional()
    .describe('Concurrent calls kept for this function alone; absent: no bound.'),
}).refine(
  ({ provisionedConcurrency, reservedConcurrency }) =>
    reservedConcurrency === undefined || reservedConcurrency >= (provisionedConcurrency?.max ?? 0),
  { path: ['reservedConcurrency'], error: 'at least as much as provisionedConcurrency.max' },
);

const recordings = group({
  enabled: onOrOff
    .default(true)
    .describe(
      'Whether recordings are taken in; off: no recording webhook, and what is stored stays readable.',
    ),
  prefix: text('a folder name without leading or trailing slash', /^[\w!.*'()-]+(\/[\w!.*'()-]+)*$/)
    .default('recordings')
    .describe('Folder of the bucket that 8x8 writes to.'),
  pathTemplate: text('a path such as "/{bucket}/{prefix}/"', /^\/[\w!.*'(){}/-]*\/$/)
    .default('/{bucket}/{prefix}/')
    .describe('How the folder is named to 8x8, which does not document where the bucket stands in it.'),
  keepDays: whole(1, 36_500, 'days').default(90).describe('Recordings are deleted after so many days.'),
  colderAfterDays: whole(1, 36_500, 'days')
    .optional()
    .describe('Days until a recording moves to cheaper storage that still answers at once; absent: never.'),
  ownKey: onOrOff
    .default(false)
    .describe(
      'Whether recordings alone are encrypted with a KMS key of the stack; operations.ownKey does it for everything.',
    ),
}).refine(({ keepDays, colderAfterDays = 0 }) => colderAfterDays < keepDays, {
  path: ['colderAfterDays'],
  error: 'fewer days than recordings.keepDays',
});

const throttle = (burst: number, rate: number) =>
  group({
    burst: whole(1, 100_000, 'requests').default(burst),
    rate: whole(1, 100_000, 'requests per second').default(rate),
  }).prefault({});

const word = text('a word without spaces', /^[^\s,[\]]{1,200}$/);

const auth = (stage: StageName) =>
  z
    .union(
      [
        z
          .enum(['iam', 'none'])
          .refine(
            (kind) => kind !== 'none' || stage === 'local',
            '"iam" or a JWT issuer; "none" is for stage local alone',
          ),
        group({
          issuer: z.url({ protocol: /^https$/, error: 'an https URL' }),
          audience: z
            .array(z.string('a text').min(1, 'a text'), 'a list of texts')
            .min(1, 'at least one audience'),
          access: group({
            claim: word.default('scope'),
            read: word.default('masking/read'),
            book: word.default('masking/book'),
            manage: word.default('masking/manage'),
            erase: word.default('masking/erase'),
          }).prefault({}),
        }),
      ],
      '"iam" or { "issuer": "https://…", "audience": ["…"] }',
    )
    .default('iam')
    .describe(
      'Who may use the booking API: "iam" (SigV4), or bearers of a JWT of this issuer and audience; `access` names the ' +
        'claim ("scope", "cognito:groups") and the word in it that each right needs: read, book, manage, erase.',
    );

const domainName = text('a domain name', /^([a-z\d]([a-z\d-]*[a-z\d])?\.)+[a-z]{2,}$/);

const api = (stage: StageName) =>
  group({
    auth: auth(stage),
    throttle: throttle(200, 100).describe('Bound on requests to the booking API.'),
    webhookThrottle: throttle(2000, 1000).describe(
      'Bound on requests to each webhook; a refused call action is a caller who hears nothing.',
    ),
    customDomain: group({
      name: domainName,
      certificateArn: text(
        'the ARN of a certificate in ACM',
        /^arn:[\w-]+:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/,
      ),
      hostedZone: group({
        id: text('the id of a hosted zone in Route 53', /^Z[A-Z\d]+$/),
        name: domainName,
      }).optional(),
    })
      .optional()
      .describe('Domain name of your own, with its certificate and, if it is in Route 53, its hosted zone.'),
  });

const operations = group({
  removalPolicy: z
    .enum(['retain', 'destroy'], '"retain" or "destroy"')
    .default('retain')
    .describe(
      'What happens to tables, recordings and logs when the stack goes: "retain" leaves them, and protects the tables; ' +
        '"destroy" empties and deletes them.',
    ),
  terminationProtection: onOrOff
    .default(false)
    .describe(
      'Whether the stack refuses to be removed; switch it on once it stands, for a first deployment that fails has to ' +
        'be cleaned away.',
    ),
  ownKey: onOrOff
    .default(false)
    .describe(
      'Whether tables, queues, logs, secrets and recordings are encrypted with a KMS key of the stack instead of keys of ' +
        "AWS's; costs about a dollar a month and its requests.",
    ),
  architecture: z
    .enum(['arm64', 'x86_64'], '"arm64" or "x86_64"')
    .default('arm64')
    .describe('Processor that the functions run on.'),
  retentionDays: group({
    bookings: whole(1, 3650, 'days').default(90),
    calls: whole(1, 3650, 'days').default(365),
    logs: z
      .literal(
        LOG_RETENTION_DAYS,
        `one of ${LOG_RETENTION_DAYS.join(', ')} (days that CloudWatch Logs offers)`,
      )
      .default(30),
  })
    .prefault({})
    .describe('Days that ended bookings, the record of calls and log lines are kept.'),
  events: group({
    includePhoneNumbers: onOrOff.default(false),
    archiveDays: whole(1, 3650, 'days').default(30),
    webhookUrl: text(
      'an https URL, or an http URL of this machine',
      /^(https:\/\/[\w.-]+|http:\/\/(127\.0\.0\.1|localhost))(:\d+)?(\/[\w./~%-]*)?$/,
    ).optional(),
  })
    .prefault({})
    .describe(
      'What other systems are told: whether events name phone numbers and metadata, for how many days they can be ' +
        'played again, and the HTTPS endpoint that gets each of them signed; absent: none.',
    ),
  alarmEmail: z.email('an e-mail address').optional().describe('Address that alarms are sent to.'),
  alarmTopicArn: text('the ARN of an SNS topic', /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/)
    .optional()
    .describe('SNS topic that alarms are sent to, instead of an address.'),
}).refine(({ alarmEmail, alarmTopicArn }) => alarmEmail === undefined || alarmTopicArn === undefined, {
  path: ['alarmTopicArn'],
  error: 'absent when operations.alarmEmail is given',
});

/** The schema of every setting of a stage: what it may be, its default, and what it does. */
export const deploymentSettings = (stage: StageName) =>
  group({
    stage: z.literal(stage),
    eightByEight: eightByEight.prefault({}),
    bookings: bookings.prefault({}),
    numbers: numbers.prefault({}),
    callers: callers.prefault({}),
    misuse: misuse.prefault({}),
    callAction: callAction.prefault({}),
    recordings: recordings.prefault({}),
    api: api(stage).prefault({}),
    operations: operations.prefault({}),
  }).refine(
    ({ misuse: { moneyPerHour }, eightByEight: { prices } }) =>
      moneyPerHour === undefined || prices !== undefined,
    {
      path: ['misuse', 'moneyPerHour'],
      error: 'absent unless eightByEight.prices says what a minute costs',
    },
  );
