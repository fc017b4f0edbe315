import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { METRIC_NAMESPACE, metricNames } from '../../../../functions/shared/observability/metric-names.ts';
import { resource, resourcesOf, templateOf } from '../../../support/infra/synthesized.ts';

const template = templateOf('prod', { 'operations.events.webhookUrl': 'https://hooks.example.com/calls' });

/** The body of the dashboard as text; what only CloudFormation knows is left as it is. */
const body = z
  .object({ DashboardBody: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }) })
  .transform(({ DashboardBody }) =>
    DashboardBody['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '…')).join(''),
  )
  .parse(resource(template, 'Dashboard').Properties);

describe('the dashboard', () => {
  test('reads from top to bottom as the questions of somebody who was woken', () => {
    const questions = [...body.matchAll(/"markdown":"## ([^\\]+)/g)].map(([, question]) => question);

    expect(questions).toEqual([
      'Are callers answered?',
      'What was decided, and how fast?',
      'Is anything waiting?',
      'Are there virtual numbers left?',
      'Do people hear each other, and do recordings arrive?',
      'Do other systems hear of it?',
    ]);
    expect(body.indexOf('Is anything wrong?')).toBeLessThan(body.indexOf('Are callers answered?'));
  });

  test('shows every alarm', () => {
    const alarms = Object.keys(resourcesOf(template, 'AWS::CloudWatch::Alarm'));
    const widget = JSON.stringify(resource(template, 'Dashboard').Properties);

    for (const alarm of alarms) expect(widget).toContain(`"Fn::GetAtt":["${alarm}","Arn"]`);
  });

  test('shows every metric, by the name under which it is counted', () => {
    const shown = new Set(
      [...body.matchAll(new RegExp(`"${METRIC_NAMESPACE}","(\\w+)"`, 'g'))].map(([, name]) => name),
    );

    expect([...shown].toSorted()).toEqual(Object.values(metricNames).toSorted());
  });
});
