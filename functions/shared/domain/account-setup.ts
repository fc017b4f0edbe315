/** The kinds of webhook that 8x8 delivers per sub-account, one URL each. */
export const webhookTypes = ['VCA', 'VCS', 'VSS', 'VRU', 'VNU'] as const;
export type WebhookType = (typeof webhookTypes)[number];

/** Where each webhook should go; one without a URL is not wanted. */
export type WebhookUrls = Readonly<{ [Type in WebhookType]?: string | undefined }>;

/** One thing in the account that can be right or wrong. */
export type SetUpTarget = WebhookType | 'recording-push-config';

/** What carries calls: without these three nobody is connected, or nobody knows of it. */
const essentialTargets: ReadonlySet<SetUpTarget> = new Set(['VCA', 'VCS', 'VSS']);

/**
 * Whether the service can do without the target for a while. Recordings and news about numbers depend on rights that
 * 8x8 grants one by one; a refusal of theirs is no reason to connect nobody.
 */
export const isOptional = (target: SetUpTarget): boolean => !essentialTargets.has(target);

/**
 * The order of changes. VCA comes last and alone: there is no update, so for the time between its DELETE and its
 * POST no call is answered; by then everything that could fail has been tried on the others.
 */
const setUpOrder = ['recording-push-config', 'VSS', 'VCS', 'VRU', 'VNU', 'VCA'] as const;

/** Leaving goes the other way: calls stop first, and what they still report is still delivered. */
const removalOrder: readonly SetUpTarget[] = [...setUpOrder].reverse();

/** A webhook as 8x8 lists it. `type` may be one that we do not know. */
export interface RegisteredWebhook {
  readonly type: string;
  readonly url: string;
  readonly enabled: boolean;
  /** Whether a value for `Authorization` is registered; the value itself is never shown. */
  readonly httpAuthHeaderAvailable: boolean;
}

/** Where 8x8 pushes recordings. For S3 the host is the AWS region and the user name an access key id. */
export interface RecordingPushConfig {
  readonly protocol: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly username: string;
  readonly path: string;
  readonly passwordSet: boolean;
}

/** A push config to be set, with its password. */
export interface NewRecordingPushConfig extends Omit<RecordingPushConfig, 'passwordSet' | 'port'> {
  readonly port: number;
  readonly password: string;
}

/** What is. */
export interface ActualAccount {
  readonly webhooks: readonly RegisteredWebhook[];
  readonly recordingPush: RecordingPushConfig | undefined;
}

/** What should be. */
export interface DesiredAccount {
  readonly webhookUrls: WebhookUrls;
  /** Undefined when calls are not recorded. */
  readonly recordingPush: DesiredRecordingPush | undefined;
  /** What an earlier set-up of ours registered: ours to change, though it is no longer what should be. */
  readonly former: {
    readonly webhookUrls: readonly (string | undefined)[];
    readonly recordingPaths: readonly string[];
  };
}

/** The part of a recording push config that can be read back. */
type DesiredRecordingPush = Pick<RecordingPushConfig, 'protocol' | 'host' | 'username' | 'path'>;

/** One field that is not as it should be. Undefined means absent. */
export interface Difference {
  readonly field: string;
  readonly actual: string | undefined;
  readonly desired: string | undefined;
}

/**
 * `unchanged`: as it should be. `foreign`: set up for somebody else and in our way, so nothing may be changed
 * without being told to; `take-over` is the same once told. `left-alone`: somebody else's and not in our way.
 */
export type SetUpAction =
  | 'unchanged'
  | 'create'
  | 'replace'
  | 'take-over'
  | 'remove'
  | 'foreign'
  | 'left-alone';

export interface SetUpStep {
  readonly target: SetUpTarget;
  readonly action: SetUpAction;
  readonly differences: readonly Difference[];
}

/** What has to be done to the account, in the order in which to do it. */
export type SetUpPlan = readonly SetUpStep[];

export interface PlanOptions {
  /** Replace what points elsewhere. */
  readonly takeOver?: boolean | undefined;
  /** Register webhooks anew although they look right: the registered `Authorization` value cannot be read back. */
  readonly renewAuthorization?: boolean | undefined;
}

/** Compares what is with what should be. */
export function planSetUp(
  actual: ActualAccount,
  desired: DesiredAccount,
  options: PlanOptions = {},
): SetUpPlan {
  return setUpOrder.map((target) =>
    target === 'recording-push-config'
      ? planRecordingPush(actual.recordingPush, desired, options)
      : planWebhook(target, actual.webhooks, desired, options),
  );
}

/** Plans to leave the account: everything of ours goes, everything of others stays. */
export function planRemoval(actual: ActualAccount, desired: DesiredAccount): SetUpPlan {
  return removalOrder.map((target) =>
    target === 'recording-push-config'
      ? planWithoutRecordings(actual.recordingPush, desired)
      : planWithoutWebhook(target, actual.webhooks, desired),
  );
}

/** The steps that change something at 8x8. */
export function changesOf(plan: SetUpPlan): SetUpPlan {
  return plan.filter(({ action }) => ['create', 'replace', 'take-over', 'remove'].includes(action));
}

/** The steps that are refused because the target serves somebody else. */
export function foreignOf(plan: SetUpPlan): SetUpPlan {
  return plan.filter(({ action }) => action === 'foreign');
}

/** Whether anything at all is registered for the target, whoever it serves. */
export function isPresent(target: SetUpTarget, actual: ActualAccount): boolean {
  if (target === 'recording-push-config') return actual.recordingPush !== undefined;
  return ofType(target, actual.webhooks).length > 0;
}

/** Whether the account is as it should be. */
export function isInSync(plan: SetUpPlan): boolean {
  return changesOf(plan).length === 0 && foreignOf(plan).length === 0;
}

function planWebhook(
  type: WebhookType,
  webhooks: readonly RegisteredWebhook[],
  desired: DesiredAccount,
  options: PlanOptions,
): SetUpStep {
  const url = desired.webhookUrls[type];
  const found = ofType(type, webhooks);
  const [registered] = found;
  if (url === undefined) return planWithoutWebhook(type, webhooks, desired);
  if (registered === undefined) return step(type, 'create', [difference('url', undefined, displayUrl(url))]);

  const differences = [
    ...(found.length > 1 ? [difference('registrations', String(found.length), '1')] : []),
    ...(sameUrl(registered.url, url) ? [] : [urlDifference(registered.url, url)]),
    ...(registered.enabled ? [] : [difference('enabled', 'false', 'true')]),
    ...(registered.httpAuthHeaderAvailable ? [] : [difference('httpAuthHeader', 'not set', 'set')]),
  ];
  if (!found.every((webhook) => ownsWebhook(webhook, desired)))
    return foreignStep(type, differences, options);
  if (differences.length > 0) return step(type, 'replace', differences);
  return options.renewAuthorization
    ? step(type, 'replace', [difference('httpAuthHeader', 'set', 'set anew')])
    : step(type, 'unchanged', []);
}

function planWithoutWebhook(
  type: WebhookType,
  webhooks: readonly RegisteredWebhook[],
  desired: DesiredAccount,
): SetUpStep {
  const found = ofType(type, webhooks);
  if (found.length === 0) return step(type, 'unchanged', []);
  const differences = found.map(({ url }) => difference('url', displayUrl(url), undefined));
  const ours = found.every((webhook) => ownsWebhook(webhook, desired));
  return step(type, ours ? 'remove' : 'left-alone', differences);
}

function planRecordingPush(
  actual: RecordingPushConfig | undefined,
  desired: DesiredAccount,
  options: PlanOptions,
): SetUpStep {
  const target = 'recording-push-config';
  const wanted = desired.recordingPush;
  if (wanted === undefined) return planWithoutRecordings(actual, desired);
  const differences = pushDifferences(actual, wanted);
  if (actual === undefined) return step(target, 'create', differences);
  if (!ownsPushConfig(actual, desired)) return foreignStep(target, differences, options);
  return step(target, differences.length === 0 ? 'unchanged' : 'replace', differences);
}

function planWithoutRecordings(actual: RecordingPushConfig | undefined, desired: DesiredAccount): SetUpStep {
  const target = 'recording-push-config';
  if (actual === undefined) return step(target, 'unchanged', []);
  const differences = [difference('path', folder(actual.path), undefined)];
  return step(target, ownsPushConfig(actual, desired) ? 'remove' : 'left-alone', differences);
}

/** The port is not compared: it means nothing for S3, and 8x8's own samples give it at random. */
function pushDifferences(
  actual: RecordingPushConfig | undefined,
  wanted: DesiredRecordingPush,
): Difference[] {
  const fields = [
    difference('protocol', actual?.protocol.toUpperCase(), wanted.protocol.toUpperCase()),
    difference('host', actual?.host, wanted.host),
    difference('username', actual?.username, wanted.username),
    difference('path', actual && folder(actual.path), folder(wanted.path)),
    difference('password', actual?.passwordSet ? 'set' : undefined, 'set'),
  ];
  return fields.filter((field) => field.actual !== field.desired);
}

function step(target: SetUpTarget, action: SetUpAction, differences: readonly Difference[]): SetUpStep {
  return { target, action, differences };
}

function foreignStep(
  target: SetUpTarget,
  differences: readonly Difference[],
  options: PlanOptions,
): SetUpStep {
  return step(target, options.takeOver ? 'take-over' : 'foreign', differences);
}

function difference(field: string, actual: string | undefined, desired: string | undefined): Difference {
  return { field, actual, desired };
}

function urlDifference(actual: string, desired: string): Difference {
  return difference('url', displayUrl(actual), displayUrl(desired));
}

const ofType = (type: WebhookType, webhooks: readonly RegisteredWebhook[]): RegisteredWebhook[] =>
  webhooks.filter((webhook) => webhook.type === type);

/**
 * A webhook is ours when it points into the folder of one of our URLs, such as `https://api.example/webhooks/`.
 * The host alone would not do: stages of one company often share a domain. One without a URL serves nobody.
 */
function ownsWebhook(webhook: RegisteredWebhook, desired: DesiredAccount): boolean {
  if (webhook.url === '') return true;
  const ours = [...Object.values(desired.webhookUrls), ...desired.former.webhookUrls];
  const place = urlFolder(webhook.url);
  return place !== undefined && ours.some((url) => url !== undefined && urlFolder(url) === place);
}

/** A push config is ours when it fills our bucket path or uses our access key. */
function ownsPushConfig(config: RecordingPushConfig, desired: DesiredAccount): boolean {
  const { recordingPush, former } = desired;
  const paths = [...(recordingPush === undefined ? [] : [recordingPush.path]), ...former.recordingPaths];
  const pathIsOurs =
    config.protocol.toUpperCase() === 'S3' && paths.some((path) => folder(path) === folder(config.path));
  const keyIsOurs = config.username !== '' && config.username === recordingPush?.username;
  return pathIsOurs || keyIsOurs;
}

/** A path with one slash on either side: 8x8 is free to echo it with or without. */
function folder(path: string): string {
  const inner = path.replace(/^\/+|\/+$/g, '');
  return inner === '' ? '/' : `/${inner}/`;
}

function urlFolder(url: string): string | undefined {
  return URL.canParse(url) ? new URL('.', url).href : undefined;
}

function sameUrl(left: string, right: string): boolean {
  if (!URL.canParse(left) || !URL.canParse(right)) return left === right;
  return new URL(left).href === new URL(right).href;
}

/** A URL without what may be secret in it: user, password and query. */
export function displayUrl(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)';
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search === '' ? '' : '?…'}`;
}
