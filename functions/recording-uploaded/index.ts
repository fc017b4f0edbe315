import { createRecordingFinder, createRecordingsClient } from '../shared/adapters/s3/recording-finder.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { createWebhookTools } from '../shared/wiring/acknowledged-webhooks.ts';
import { createCallRecordWriter } from '../shared/wiring/call-record.ts';
import { createRecordingUploadedHandler } from './handler.ts';

const env = parseEnv('recording-uploaded', process.env);

export const handler = createRecordingUploadedHandler(
  createWebhookTools('recording-uploaded', env),
  createCallRecordWriter(env),
  createRecordingFinder(createRecordingsClient(), env.RECORDINGS_BUCKET, env.RECORDINGS_PREFIX),
);
