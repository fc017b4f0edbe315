import type { Route } from '../http.ts';
import type { Platform } from '../platform.ts';
import { callflowOperations } from './callflows.ts';
import { exportDownload, exportOperations } from './exports.ts';
import { numberOperations } from './numbers.ts';
import { toRoute } from './operations.ts';
import { recordingPushConfigOperations } from './recording-push-config.ts';
import { recordingOperations } from './recordings.ts';
import { speechProfileOperations } from './speech-profiles.ts';
import { webhookOperations } from './webhooks.ts';

/** The management API of the platform, per sub-account and behind API keys. */
export function managementRoutes(platform: Platform): Route[] {
  const operations = [
    ...webhookOperations,
    ...recordingPushConfigOperations,
    ...recordingOperations,
    ...numberOperations,
    ...speechProfileOperations,
    ...callflowOperations,
    ...exportOperations,
  ];
  return [...operations.map((operation) => toRoute(platform, operation)), exportDownload(platform)];
}
