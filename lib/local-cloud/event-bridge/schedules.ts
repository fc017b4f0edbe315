import { randomUUID } from 'node:crypto';
import { ACCOUNT_ID, REGION } from '../template/physical-names.ts';
import type { RuleDefinition } from '../template/trigger-definitions.ts';
import type { BusEvent, EventBridge } from './event-bridge.ts';
import { nextRun } from './schedule-expression.ts';

/** Rules that fire by time. */
export interface Schedules {
  /** Logical ids of all schedules. */
  ids(): string[];
  /** Fires a schedule now. Returns false when there is none of that id. */
  run(logicalId: string): boolean;
  stop(): void;
}

/** A timer cannot wait longer; a schedule further away is looked at again after this time. */
const LONGEST_TIMER_MS = 86_400_000;

/** Starts the timers of all rules that have a schedule. */
export function startSchedules(rules: readonly RuleDefinition[], eventBridge: EventBridge): Schedules {
  const scheduled = rules.filter((rule) => rule.schedule !== undefined);
  const timers = new Map<string, NodeJS.Timeout>();

  const fire = ({ arn, targets }: RuleDefinition): void => eventBridge.trigger(targets, scheduledEvent(arn));

  const arm = (rule: RuleDefinition): void => {
    const now = Date.now();
    const dueEpochMs = nextRun(rule.schedule ?? '', now);
    if (dueEpochMs !== undefined) wait(rule, dueEpochMs);
  };

  const wait = (rule: RuleDefinition, dueEpochMs: number): void => {
    const delayMs = Math.min(dueEpochMs - Date.now(), LONGEST_TIMER_MS);
    const timer = setTimeout(() => {
      if (Date.now() < dueEpochMs) return wait(rule, dueEpochMs);
      fire(rule);
      arm(rule);
    }, delayMs);
    timers.set(rule.logicalId, timer.unref());
  };

  for (const rule of scheduled) arm(rule);

  return {
    ids: () => scheduled.map(({ logicalId }) => logicalId),
    run(logicalId) {
      const rule = scheduled.find((candidate) => candidate.logicalId === logicalId);
      if (rule === undefined) return false;
      fire(rule);
      return true;
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

function scheduledEvent(ruleArn: string): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: ACCOUNT_ID,
    time: new Date().toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region: REGION,
    resources: [ruleArn],
    detail: {},
  };
}
