import type { DesiredAccount, WebhookUrls } from '../domain/account-setup.ts';

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
 */
export function desiredAccount(
  settings: AccountSettings,
  uploadKeyId = '',
  former?: AccountSettings,
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
      webhookUrls: Object.values(former?.webhookUrls ?? {}),
      recordingPaths: former?.recordingPush === undefined ? [] : [recordingPath(former.recordingPush)],
    },
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
