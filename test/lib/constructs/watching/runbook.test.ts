import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../../../lib/bundling.ts';
import { resourcesOf, templateOf } from '../../../support/infra/synthesized.ts';

/** With everything that has an alarm of its own. */
const template = templateOf('prod', {
  'eightByEight.subAccountId': 'rapidfare_mask',
  'eightByEight.apiKeySecretName': 'voice/api-key',
  'eightByEight.prices': { currency: 'SGD', inboundPerMinute: 0.03, outboundPerMinute: 0.05 },
  'misuse.moneyPerHour': 50,
  'operations.events.webhookUrl': 'https://hooks.example.com/calls',
});

const runbook = readFileSync(path.join(projectRoot, 'lib/constructs/watching/README.md'), 'utf8');

/** The sections that alarms point to, and those that the runbook has. */
const named = Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm')).map(
  ({ Properties }) =>
    /lib\/constructs\/watching\/README\.md#([\w-]+)$/.exec(String(Properties.AlarmDescription))?.[1],
);
const written = [...runbook.matchAll(/^## (alarm-[\w-]+)$/gm)].map(([, section]) => section);

describe('the runbook', () => {
  test('has one section for each alarm, and none for an alarm that is no more', () => {
    expect(written.toSorted()).toEqual(named.toSorted());
  });

  test.each(written)(
    '%s says what it means, what it does to people, how to look and what to do',
    (section) => {
      const [, text = ''] = runbook.split(`## ${section}\n`);
      const [own = ''] = text.split(/^##+ /m);

      for (const part of ['What it means.', 'Impact.', 'How to look.', 'Remedy.'])
        expect(own).toContain(`**${part}**`);
    },
  );
});
