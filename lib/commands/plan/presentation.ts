import { bold, dim, green } from 'ansis';
import type { Plan, SizedPool } from './plan.ts';

const BAR_WIDTH = 30;
/** The smallest chance that a bar shows: one in ten thousand. */
const DECADES = 4;

/** A chance as a person writes it. */
export function formatChance(chance: number): string {
  if (chance === 0) return 'none';
  const percent = chance * 100;
  return `${percent >= 10 ? percent.toFixed(0) : Number(percent.toPrecision(2))} %`;
}

/** Where a chance stands on the logarithmic axis, from 0 (one in ten thousand or less) to 1 (certain). */
export function chanceOnAxis(chance: number): number {
  return chance <= 0 ? 0 : Math.max(0, 1 + Math.log10(chance) / DECADES);
}

export function formatMoney(amount: number, currency: string): string {
  return `${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} ${currency}`;
}

function line(pool: SizedPool, isNeeded: boolean, currency: string): string {
  const bar = '█'.repeat(Math.round(chanceOnAxis(pool.refusalChance) * BAR_WIDTH)).padEnd(BAR_WIDTH, '·');
  const rent = pool.monthlyRent === undefined ? '' : formatMoney(pool.monthlyRent, currency).padStart(16);
  const text = `${String(pool.numbers).padStart(7)}  ${bar} ${formatChance(pool.refusalChance).padStart(8)}${formatChance(pool.erlangChance).padStart(10)}${rent}`;
  return isNeeded ? `${green(bold(text))} ${green('◂ needed')}` : text;
}

/** The plan for a person at a terminal. */
export function renderPlan(plan: Plan): string {
  const { settings, theory, needed } = plan;
  const shared = settings.numbering === 'shared';
  const rent =
    needed.monthlyRent === undefined ? '' : `, ${formatMoney(needed.monthlyRent, settings.currency)} a month`;
  const head =
    '  numbers' +
    '  refused (logarithmic)'.padEnd(BAR_WIDTH + 1) +
    'simulated'.padStart(9) +
    'Erlang B'.padStart(10) +
    (needed.monthlyRent === undefined ? '' : 'rent a month'.padStart(16));
  return [
    bold(`${needed.numbers} virtual numbers are needed${rent}`),
    `With them ${needed.refused} of ${needed.asked.toLocaleString('en-US')} simulated bookings were refused ` +
      `(accepted: ${formatChance(settings.acceptedRefusals)}).`,
    '',
    dim(head),
    ...plan.pools.map((pool) => line(pool, pool === needed, settings.currency)),
    '',
    `Guaranteed: with ${theory.bound} numbers nobody is ever refused. A party holds at most Δ = ${theory.degree} numbers at once,`,
    shared
      ? 'cool-downs included, and a shared number must be free for both: 2Δ − 1, if the two may be equally busy.'
      : 'cool-downs included, and each party gets a number of its own: Δ.',
    `In the simulation nobody held more than ${plan.peakDegree}.`,
    dim(
      `Erlang B: the loss formula for ${theory.offeredLoad.toFixed(2)} numbers held by a driver on average. It does not`,
    ),
    dim('know the limit per party, so it expects more refusals than there will be; the simulation decides.'),
    dim(
      `Assumed: ${settings.drivers.toLocaleString('en-US')} drivers and ${settings.riders.toLocaleString('en-US')} riders (--drivers, --riders).`,
    ),
  ].join('\n');
}
