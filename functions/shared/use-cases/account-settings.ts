import type { DesiredAccount, WebhookUrls } from '../domain/account-setup.ts';
import type { AccountTraces } from '../ports/account-traces.ts';

/** How the bucket is named to 8x8 is not documented: the first part of the path is where its samples hint at. */
export const DEFAULT_RECORDING_PATH_TEMPLATE = '/{bucket}/{prefix}/';

/** Where recordings go. */
interface RecordingPushSettings {
  /** AWS region of the bucket. */
  readonly region: string;
  readonly bucket: string;
  /** Folder in the bucket, without slashes around it. */
  readonly prefix: string;
  /** `{bucket}` and `{prefix}` are filled in. */
  readonly pathTemplate: string;
}

/** What the account should serve, before any secret is read. */
export interface AccountSettings {
  readonly webhookUrls: WebhookUrls;
  readonly recordingPush: RecordingPushSettings | undefined;
}

/**
 * The account as it should be.
 *
 * @param uploadKeyId id of the access key that 8x8 uploads with; unknown when the account is only to be left.
 * @param former settings of an earlier set-up, whose traces are ours as well.
 * @param traces what is remembered of set-ups whose settings nobody has any more.
 */
export function desiredAccount(
  settings: AccountSettings,
  uploadKeyId = '',
  former?: AccountSettings,
  traces?: AccountTraces,
): DesiredAccount {
  const { webhookUrls, recordingPush } = settings;
  return {
    webhookUrls,
    recordingPush: recordingPush && {
      protocol: 'S3',
      host: recordingPush.region,
      username: uploadKeyId,
      path: recordingPath(recordingPush),
    },
    former: {
      webhookUrls: [...Object.values(former?.webhookUrls ?? {}), ...(traces?.webhookUrls ?? [])],
      recordingPaths: [
        ...(former?.recordingPush === undefined ? [] : [recordingPath(former.recordingPush)]),
        ...(traces?.recordingPaths ?? []),
      ],
    },
  };
}

/** As many set-ups as are remembered; a parameter holds 4 KB. */
const MOST_TRACES = 12;

/** What a set-up by these settings leaves at 8x8, added to what others have left. */
export function withTracesOf(settings: AccountSettings, earlier: AccountTraces): AccountTraces {
  const add = (known: readonly string[], trace: string | undefined): string[] =>
    [...new Set([...known, ...(trace === undefined ? [] : [trace])])].slice(-MOST_TRACES);
  const { recordingPush } = settings;
  return {
    webhookUrls: add(earlier.webhookUrls, settings.webhookUrls.VCA),
    recordingPaths: add(earlier.recordingPaths, recordingPush && recordingPath(recordingPush)),
  };
}

/** The `path` of the push config. */
function recordingPath({ bucket, prefix, pathTemplate }: RecordingPushSettings): string {
  return pathTemplate.replaceAll('{bucket}', bucket).replaceAll('{prefix}', prefix);
}

/** What a person enters in 8x8's portal when there is no API key, one thing a line. */
export function instructionsByHand({ webhookUrls, recordingPush }: AccountSettings): string {
  const lines = Object.entries(webhookUrls).flatMap(([type, url]) =>
    url === undefined ? [] : [`${type} ${url}`],
  );
  return [
    'Enter these webhooks for the sub-account at connect.8x8.com/webhooks, with the value of the webhook secret as HTTP Authorization:',
    ...lines,
    ...(recordingPush === undefined
      ? []
      : [
          `Ask 8x8 to push recordings by S3 to region ${recordingPush.region}, path ${recordingPath(recordingPush)}, with the upload key.`,
        ]),
  ].join('\n');
}
