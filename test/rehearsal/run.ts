import { Command, InvalidArgumentError } from 'commander';
import { findPlant } from './plants/find.ts';
import { plants } from './plants/plants.ts';
import { COOL_DOWN_SECONDS, crowded, rehearse, wholeDay } from './rehearse.ts';
import { readPlan } from './world/world.ts';

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('a whole number of at least 1');
}

const program = new Command('rehearse')
  .description('Plays the whole service in one process, seed by seed, and says which promises were broken.')
  .option('--seeds <count>', 'how many seeds', count, 200)
  .option('--from <seed>', 'the first seed', count, 1)
  .option('--day', 'a whole day of 3,000 bookings and 10,000 calls instead of a crowded half hour')
  .option('--plants', 'plant one fault after the other instead, and say in which seed each is found')
  .option('--lines <count>', 'show the last lines of a seed that broke a promise', count);

const {
  seeds,
  from,
  day,
  lines,
  plants: isPlanting,
} = program.parse().opts<{
  seeds: number;
  from: number;
  day?: true;
  lines?: number;
  plants?: true;
}>();

const startedAt = performance.now();
const plan = await readPlan({ 'bookings.coolDownSeconds': COOL_DOWN_SECONDS });
if (isPlanting === true) await plantAll();
else await playAll();

/** Plants every fault, each until it is found. */
async function plantAll(): Promise<void> {
  let missed = 0;
  for (const plant of plants) {
    const by = await findPlant(plan, plant, { seeds });
    if (by === undefined) missed += 1;
    console.log(`${plant.name}\n    ${by ?? 'NOT FOUND'}`);
  }
  console.log(`\n${plants.length - missed} of ${plants.length} planted faults were found.`);
  if (missed > 0) process.exitCode = 1;
}

/** Plays seed after seed. */
async function playAll(): Promise<void> {
  const totals = { bookings: 0, calls: 0, refusals: 0, ended: 0 };
  let requests = 0;
  let conflicts = 0;
  const broken = new Map<string, number>();
  for (let seed = from; seed < from + seeds; seed += 1) {
    const played = await rehearse(plan, seed, {
      size: day === true ? wholeDay : crowded,
      keptLines: lines ?? 0,
    });
    requests += played.requests;
    conflicts += played.conflicts;
    for (const name of ['bookings', 'calls', 'refusals', 'ended'] as const)
      totals[name] += played.counts[name];
    for (const { promise } of played.violations) broken.set(promise, (broken.get(promise) ?? 0) + 1);
    const told = played.violations.slice(0, 5).map(({ promise, what }) => `\n    ${promise}: ${what}`);
    console.log(`seed ${seed}  log ${played.digest}  ${played.requests} requests${told.join('')}`);
    if (told.length > 0 && lines !== undefined) console.log(played.lines.join('\n'));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(
    `\n${seeds} seeds in ${seconds.toFixed(1)} s: ${totals.bookings} bookings, ${totals.calls} calls, ` +
      `${totals.refusals} refusals, ${requests} requests, ${conflicts} conflicts.`,
  );
  if (broken.size === 0) console.log('No promise was broken.');
  else {
    for (const [promise, times] of broken) console.log(`  ${promise}: ${times}`);
    process.exitCode = 1;
  }
}
