import * as z from 'zod';
import type { Route, SimulatorAnswer } from '../http.ts';
import { isoMilliseconds } from '../model/clock.ts';
import type { ExportJob } from '../model/sub-account.ts';
import { type Platform, platformUuid } from '../platform.ts';
import { invalidBody } from './answers.ts';
import { callLog } from './call-log.ts';
import { parseConfiguration } from './configuration-body.ts';
import type { Operation } from './operations.ts';

const DAY_MS = 86_400_000;
const USUAL_PERIOD_DAYS = 7;
const LINK_LIFE_DAYS = 30;

const ZONE = /(?:Z|[+-]\d{2}:?\d{2})$/i;

/** A moment as the export reads it: UTC where it names no zone, whatever the zone of the machine is. */
function momentOf(text: string): number {
  return Date.parse(/\d[T ]\d/i.test(text) && !ZONE.test(text) ? `${text.replace(' ', 'T')}Z` : text);
}

const time = z
  .string()
  .transform(momentOf)
  .refine((atMs) => !Number.isNaN(atMs), 'must be a date or a time, such as 2026-02-16');

const exportSchema = z.object({
  from: time.optional(),
  to: time.optional(),
  /** 0 is unlimited. */
  limit: z.int().min(0).default(0),
});

/** POST /messages/exports, GET and DELETE /messages/exports/{jobId}. */
export const exportOperations: readonly Operation[] = [
  {
    method: 'POST',
    path: '/messages/exports',
    summary: 'Export the call log',
    handle(platform, subAccount, { body }) {
      const parsed = parseConfiguration(exportSchema, body.trim() === '' ? '{}' : body);
      if (!parsed.success) return invalidBody(platform, parsed.reason);
      const nowMs = platform.clock.nowMs();
      const toMs = parsed.data.to ?? nowMs + DAY_MS;
      const fromMs = parsed.data.from ?? toMs - USUAL_PERIOD_DAYS * DAY_MS;
      if (fromMs >= toMs) return invalidBody(platform, 'from must be before to');
      const { csv, rowCount } = callLog(platform, subAccount, { fromMs, toMs, limit: parsed.data.limit });
      const jobId = `${platformUuid(platform)}${platformUuid(platform)}`.replaceAll('-', '');
      subAccount.exportJobs.set(jobId, {
        csv,
        rowCount,
        expiresMs: nowMs + LINK_LIFE_DAYS * DAY_MS,
        asked: 0,
      });
      return { status: 202, json: { jobId } };
    },
  },
  {
    method: 'GET',
    path: '/messages/exports/{jobId}',
    summary: 'How far an export is',
    handle(platform, subAccount, { params, origin, path }) {
      const job = subAccount.exportJobs.get(params.jobId ?? '');
      if (job === undefined) return invalidJob(platform);
      const stage = stageOf(platform, job);
      if (stage !== undefined) return { status: 200, json: { status: stage } };
      if (job.rowCount === 0) return { status: 200, json: { status: 'empty' } };
      return {
        status: 200,
        json: {
          status: 'succeeded',
          data: [`${origin}${path.replace('/exports/', '/download/')}`],
          expires: isoMilliseconds(job.expiresMs),
        },
      };
    },
  },
  {
    method: 'DELETE',
    path: '/messages/exports/{jobId}',
    summary: 'Cancel an export',
    handle(platform, subAccount, { params }) {
      return subAccount.exportJobs.delete(params.jobId ?? '') ? { status: 204 } : invalidJob(platform);
    },
  },
];

/** The file behind the link of a finished export. As on the real platform, knowing the link is all it takes. */
export function exportDownload(platform: Platform): Route {
  return {
    method: 'GET',
    path: '/api/v1/subaccounts/{subAccountId}/messages/download/{jobId}',
    summary: 'The CSV of an export',
    handle({ params }) {
      const job = platform.subAccounts.get(params.subAccountId ?? '')?.exportJobs.get(params.jobId ?? '');
      if (job === undefined) return invalidJob(platform);
      return { status: 200, text: { contentType: 'text/csv; charset=utf-8', content: job.csv } };
    },
  };
}

/** How far a job is that is not there yet: every look brings it a stage on, as time would. */
function stageOf(platform: Platform, job: ExportJob): string | undefined {
  const { exportJobs } = platform.run.variations;
  if (exportJobs === 'failed') return 'failed';
  if (exportJobs === 'at-once') return undefined;
  job.asked += 1;
  return ['queued', 'running'][job.asked - 1];
}

function invalidJob(platform: Platform): SimulatorAnswer {
  return {
    status: 404,
    json: {
      code: 4018,
      message: 'Invalid jobId',
      errorId: platformUuid(platform),
      timestamp: isoMilliseconds(platform.clock.nowMs()),
    },
  };
}
