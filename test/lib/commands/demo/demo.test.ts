import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runDemo } from '../../../../lib/commands/demo/demo-command.ts';
import { type ServiceCloud, startServiceCloud } from '../../../../lib/local-cloud/service/service-cloud.ts';
import { readSettings } from '../../../../lib/local-cloud/service/settings.ts';
import { simulatedEightByEight } from '../../../../lib/local-cloud/service/simulator.ts';

let service: ServiceCloud;

beforeAll(async () => {
  service = await startServiceCloud(readSettings({ PORT: '0', SIMULATOR_PORT: '0' }), {
    say: () => {},
    companion: simulatedEightByEight,
  });
}, 120_000);

afterAll(() => service.stop());

async function demo(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const environment = {
    PORT: new URL(service.cloud.url).port,
    SIMULATOR_PORT: new URL(service.companion?.url ?? '').port,
  };
  await runDemo(args, environment, (line) => lines.push(line));
  return lines.join('\n');
}

describe('the demo', () => {
  test('shows a ladder for each call, and what the API says about it', async () => {
    const output = await demo();

    expect(output).toContain(`Using the local cloud at ${service.cloud.url}.`);
    for (const title of [
      '1. The rider calls the driver',
      '2. The driver calls back',
      '3. The rider calls again, and the driver does not answer',
      '4. A stranger dials the same number',
      '5. The rider calls after the ride',
    ]) {
      expect(output).toContain(title);
    }
    expect(output).toMatch(/makeCall driver \(\d+ ms\)/);
    expect(output).toContain('answers: the two talk');
    expect(output).toContain('puts the recording into S3');
    expect(output).toContain('no answer');
    expect(output).toContain('hears “Sorry, we cannot connect you from this phone.');
    expect(output).toContain('refused, by the decision booking-ended:');
    expect(output).toMatch(/Its recording of \d+ bytes lies in S3:\n {5}recordings\//);
    expect(output).toContain(`curl ${service.cloud.url}/v1/sessions/`);
  }, 60_000);

  test('fits a usual terminal, and is plain text where there is none', async () => {
    const ladder = (await demo()).split('\n').filter((line) => / s {3}[│◀─]/.test(line));

    expect(ladder.length).toBeGreaterThan(30);
    expect(Math.max(...ladder.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(ladder.join('')).not.toContain('\u001b');
  }, 60_000);

  test('is one JSON document when asked', async () => {
    const { booking, calls } = JSON.parse(await demo('--json'));

    expect(booking.bookingId).toMatch(/^[0-9A-Z]{26}$/);
    expect(calls.map(({ session }: { session: { outcome: string } }) => session.outcome)).toEqual([
      'answered',
      'answered',
      'missed',
      'refused',
      'refused',
    ]);
  }, 60_000);
});
