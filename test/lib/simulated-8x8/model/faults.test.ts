import { describe, expect, test } from 'vitest';
import { drawFate, type Faults, planDeliveries } from '../../../../lib/simulated-8x8/model/faults.ts';
import type { EventWebhook } from '../../../../lib/simulated-8x8/model/webhook-types.ts';

interface NamedEvent {
  readonly webhook: EventWebhook;
  readonly dueMs: number;
  readonly name: string;
}

/** Six call status events ten seconds apart, then the summary, then the recording. */
const events: readonly NamedEvent[] = [
  ...Array.from({ length: 6 }, (_, index) => ({
    webhook: 'VCS' as const,
    dueMs: index * 10_000,
    name: `VCS ${index}`,
  })),
  { webhook: 'VSS', dueMs: 51_000, name: 'VSS' },
  { webhook: 'VRU', dueMs: 55_000, name: 'VRU' },
];

function plan(faults: Faults, seed = 'seed') {
  return planDeliveries(events, faults, seed).map(({ event, heldBack }) => ({ name: event.name, heldBack }));
}

const names = (planned: readonly { name: string }[]) => planned.map(({ name }) => name);

describe('deliveries', () => {
  test('without faults are made once each, in order', () => {
    expect(plan({})).toEqual(events.map(({ name }) => ({ name, heldBack: undefined })));
  });

  test('of a type that is always duplicated are made twice', () => {
    expect(names(plan({ VSS: { duplicate: 1 } })).slice(-3)).toEqual(['VSS', 'VSS', 'VRU']);
  });

  test('of a type that is always dropped are held back, duplicates too', () => {
    const held = plan({ VCS: { drop: 1, duplicate: 1 } }).filter(({ heldBack }) => heldBack === 'dropped');

    expect(held).toHaveLength(12);
    expect(held.every(({ name }) => name.startsWith('VCS'))).toBe(true);
  });

  test('that are delayed change places with what happens meanwhile', () => {
    const planned = plan({ VCS: { delaySeconds: [25, 25] } });

    expect(names(planned)).toEqual(['VCS 0', 'VCS 1', 'VCS 2', 'VSS', 'VCS 3', 'VRU', 'VCS 4', 'VCS 5']);
  });

  test('that are delayed beyond the end of their session wait for a flush', () => {
    const planned = plan({ VCS: { delaySeconds: [25, 25] }, VSS: { delaySeconds: [60, 60] } });

    expect(planned.filter(({ heldBack }) => heldBack === 'delayed').map(({ name }) => name)).toEqual([
      'VCS 4',
      'VCS 5',
      'VSS',
    ]);
  });

  test('that are reordered change places among themselves', () => {
    const planned = names(plan({ VCS: { reorder: true } }));

    expect(planned).not.toEqual(events.map(({ name }) => name));
    expect(planned.slice(6)).toEqual(['VSS', 'VRU']);
    expect([...planned].sort()).toEqual(events.map(({ name }) => name).sort());
  });

  test('of several reordered types mix, so that a summary may come first', () => {
    const faults: Faults = { VCS: { reorder: true }, VSS: { reorder: true }, VRU: { reorder: true } };
    const firsts = Array.from({ length: 200 }, (_, index) => names(plan(faults, `seed ${index}`))[0]);

    expect(firsts).toContain('VSS');
    expect(firsts).toContain('VRU');
  });

  test('happen as often as their probability says', () => {
    const faults: Faults = { VCS: { duplicate: 0.2, drop: 0.1 } };
    const fates = Array.from({ length: 10_000 }, (_, index) => drawFate(faults, 'seed', 'VCS', index));

    expect(fates.filter(({ duplicated }) => duplicated).length / 10_000).toBeCloseTo(0.2, 1);
    expect(fates.filter(({ dropped }) => dropped).length / 10_000).toBeCloseTo(0.1, 1);
  });

  test('are delayed by anything between the two bounds', () => {
    const delays = Array.from({ length: 1_000 }, (_, index) =>
      drawFate({ VSS: { delaySeconds: [5, 10] } }, 'seed', 'VSS', index),
    ).map(({ delayMs }) => delayMs);

    expect(Math.min(...delays)).toBeGreaterThanOrEqual(5_000);
    expect(Math.min(...delays)).toBeLessThan(5_100);
    expect(Math.max(...delays)).toBeLessThanOrEqual(10_000);
    expect(Math.max(...delays)).toBeGreaterThan(9_900);
  });
});

describe('the seed', () => {
  const everything: Faults = {
    VCS: { duplicate: 0.5, drop: 0.3, delaySeconds: [0, 30], reorder: true },
    VSS: { duplicate: 0.5, drop: 0.3, delaySeconds: [0, 30], reorder: true },
    VRU: { duplicate: 0.5, drop: 0.3, delaySeconds: [0, 30], reorder: true },
  };

  test('decides everything: the same one gives the same plan', () => {
    for (let index = 0; index < 100; index += 1) {
      expect(plan(everything, `seed ${index}`)).toEqual(plan(everything, `seed ${index}`));
    }
  });

  test('decides everything: another one gives another plan', () => {
    const plans = new Set(
      Array.from({ length: 100 }, (_, index) => JSON.stringify(plan(everything, `seed ${index}`))),
    );

    expect(plans.size).toBeGreaterThan(95);
  });

  test('draws for each type apart: a fault of one changes nothing for another', () => {
    const onlySummary = drawFate({ VSS: everything.VSS }, 'seed', 'VSS', 0);

    expect(drawFate(everything, 'seed', 'VSS', 0)).toEqual(onlySummary);
  });
});
