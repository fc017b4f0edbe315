import * as z from 'zod';
import type { RecordingPushConfig, SubAccount } from '../model/sub-account.ts';
import { genericError, invalidBody, succeeded } from './answers.ts';
import { parseConfiguration } from './configuration-body.ts';
import type { Operation } from './operations.ts';

const LARGEST_PORT = 65_535;

const pushConfigSchema = z.object({
  protocol: z.enum(['S3', 'SFTP']),
  host: z.string().min(1),
  port: z.int().min(1).max(LARGEST_PORT).nullable().optional(),
  username: z.string().min(1),
  password: z.string().min(1),
  path: z.string().min(1),
});

/** POST, GET and DELETE /recording-push-config; there is one per sub-account, and a new one takes its place. */
export const recordingPushConfigOperations: readonly Operation[] = [
  {
    method: 'POST',
    path: '/recording-push-config',
    summary: 'Set where recordings are pushed',
    handle(platform, subAccount, { body }) {
      const parsed = parseConfiguration(pushConfigSchema, body);
      if (!parsed.success) return invalidBody(platform, parsed.reason);
      subAccount.pushConfig = { ...parsed.data, port: parsed.data.port ?? null };
      return succeeded(describe(subAccount, subAccount.pushConfig));
    },
  },
  {
    method: 'GET',
    path: '/recording-push-config',
    summary: 'Read where recordings are pushed',
    handle(platform, subAccount) {
      const { pushConfig } = subAccount;
      if (pushConfig === undefined) return genericError(platform, 'not-found', subAccount.id);
      return succeeded(describe(subAccount, pushConfig));
    },
  },
  {
    method: 'DELETE',
    path: '/recording-push-config',
    summary: 'Stop pushing recordings',
    handle(platform, subAccount) {
      const { pushConfig } = subAccount;
      if (pushConfig === undefined) return genericError(platform, 'not-found', subAccount.id);
      subAccount.pushConfig = undefined;
      return succeeded({ delete: true, ...describe(subAccount, pushConfig) });
    },
  },
];

function describe(
  subAccount: SubAccount,
  { protocol, host, port, username, path }: RecordingPushConfig,
): object {
  return {
    subAccountId: subAccount.id,
    protocol,
    host,
    ...(port === null ? {} : { port }),
    username,
    passwordSet: true,
    path,
  };
}
