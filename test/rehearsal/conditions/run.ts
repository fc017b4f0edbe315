import { Command } from 'commander';
import { COOL_DOWN_SECONDS, crowded, rehearse } from '../rehearse.ts';
import { readPlan } from '../world/world.ts';
import { type Safeguard, safeguardsOf, without } from './fingerprints.ts';

const program = new Command('conditions')
  .description('Takes every condition of every write away, one at a time, and says which rehearsal notices.')
  .option('--seeds <count>', 'how many seeds each has to be noticed in', Number, 40)
  .option('--only <text>', 'only those whose description holds this text', '')
  .option('--skip <count>', 'leave out the first so many', Number, 0);
const { seeds, only, skip } = program.parse().opts<{ seeds: number; only: string; skip: number }>();

/** Short, and crowded enough that everybody meets everybody. */
const size = { ...crowded, people: 6, numbers: 4, minutes: 12, steps: 140 };
const DISCOVERY_SEEDS = 6;

const plan = await readPlan({ 'bookings.coolDownSeconds': COOL_DOWN_SECONDS });
const found = new Map<string, Safeguard>();
const clean = new Map<number, boolean>();
for (let seed = 1; seed <= DISCOVERY_SEEDS; seed += 1) {
  const { violations } = await rehearse(plan, seed, {
    size,
    interference: {
      input(operation, input) {
        for (const one of safeguardsOf(operation, input)) found.set(`${one.kind} ${one.text}`, one);
        return input;
      },
    },
  });
  clean.set(seed, violations.length === 0);
}

/** A seed that breaks a promise anyway shows nothing. */
async function isClean(seed: number): Promise<boolean> {
  let known = clean.get(seed);
  if (known === undefined) {
    known = (await rehearse(plan, seed, { size })).violations.length === 0;
    clean.set(seed, known);
  }
  return known;
}

async function noticed(safeguard: Safeguard): Promise<string | undefined> {
  for (let seed = 1; seed <= seeds; seed += 1) {
    if (clean.get(seed) === false) continue;
    const { violations } = await rehearse(plan, seed, { size, interference: without(safeguard) });
    const [first] = violations;
    if (first !== undefined && (await isClean(seed))) return `seed ${seed}: ${first.promise}`;
  }
  return undefined;
}

const safeguards = [...found.values()]
  .filter(({ text }) => text.includes(only))
  .sort((one, other) => (`${one.text}${one.kind}` < `${other.text}${other.kind}` ? -1 : 1))
  .slice(skip);
console.log(`${safeguards.length} conditions and steps.`);
let survivors = 0;
for (const [at, safeguard] of safeguards.entries()) {
  const by = await noticed(safeguard);
  if (by === undefined) survivors += 1;
  const what = safeguard.kind === 'step' ? 'the step' : '';
  console.log(`${String(at + 1 + skip).padStart(3)}  ${by ?? 'SURVIVES'}\n     ${what} ${safeguard.text}`);
}
console.log(survivors === 0 ? 'No condition survives its removal.' : `${survivors} survive their removal.`);
process.exitCode = survivors === 0 ? 0 : 1;
