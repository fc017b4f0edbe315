import type { Plan, SizedPool } from './plan.ts';
import { chanceOnAxis, formatChance, formatMoney } from './presentation.ts';

const WIDTH = 760;
const HEIGHT = 440;
const plot = { left: 80, right: WIDTH - 30, top: 84, bottom: HEIGHT - 84 } as const;
const GRID_CHANCES = [1, 0.1, 0.01, 0.001, 0.0001] as const;

const yOf = (chance: number): number => plot.bottom - chanceOnAxis(chance) * (plot.bottom - plot.top);

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function label(x: number, y: number, text: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escapeXml(text)}</text>`;
}

/** The plan as an SVG picture: bars for the simulation, a line for Erlang's formula, on a logarithmic axis. */
export function drawPlan({ pools, needed, settings, theory }: Plan): string {
  const step = (plot.right - plot.left) / pools.length;
  const centre = (at: number): number => plot.left + (at + 0.5) * step;
  const bar = (pool: SizedPool, at: number): string => {
    const y = yOf(pool.refusalChance);
    const colour = pool === needed ? '#1a7f4b' : '#8aa4c8';
    const rent = pool.monthlyRent === undefined ? '' : formatMoney(pool.monthlyRent, settings.currency);
    const chance = formatChance(pool.refusalChance);
    const strong = pool === needed ? 'font-weight="bold"' : '';
    return [
      `<rect x="${(centre(at) - step * 0.32).toFixed(1)}" y="${(y - 2).toFixed(1)}" width="${(step * 0.64).toFixed(1)}" height="${(plot.bottom - y + 2).toFixed(1)}" fill="${colour}"/>`,
      // Inside the bar where it is tall enough, above it where it is not.
      plot.bottom - y > 24
        ? label(
            centre(at),
            plot.bottom - 8,
            chance,
            `text-anchor="middle" class="small" fill="#fff" ${strong}`,
          )
        : label(centre(at), y - 8, chance, `text-anchor="middle" ${strong}`),
      label(centre(at), plot.bottom + 20, String(pool.numbers), `text-anchor="middle" ${strong}`),
      label(centre(at), plot.bottom + 38, rent, 'text-anchor="middle" class="small"'),
    ].join('\n');
  };
  const erlang = pools.map((pool, at) => `${centre(at).toFixed(1)},${yOf(pool.erlangChance).toFixed(1)}`);
  const grid = GRID_CHANCES.map((chance) => {
    const y = yOf(chance).toFixed(1);
    return [
      `<line x1="${plot.left}" x2="${plot.right}" y1="${y}" y2="${y}" stroke="#dde3ea"/>`,
      label(plot.left - 8, Number(y) + 4, formatChance(chance), 'text-anchor="end" class="small"'),
    ].join('\n');
  });
  const subtitle =
    `${settings.bookingsPerHour.toLocaleString('en-US')} bookings an hour, ${settings.numbering}; ` +
    `never a refusal from ${theory.bound} numbers on`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="13" fill="#1c2733">`,
    '<style>.small { font-size: 11px } .title { font-size: 18px; font-weight: bold }</style>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    label(plot.left, 34, `${needed.numbers} virtual numbers are needed`, 'class="title"'),
    label(plot.left, 56, subtitle),
    ...grid,
    ...pools.map(bar),
    `<polyline points="${erlang.join(' ')}" fill="none" stroke="#c2571a" stroke-width="2" stroke-dasharray="5 4"/>`,
    label((plot.left + plot.right) / 2, HEIGHT - 20, 'virtual numbers in the pool', 'text-anchor="middle"'),
    `<rect x="${plot.right - 250}" y="${plot.top - 24}" width="12" height="12" fill="#8aa4c8"/>`,
    label(plot.right - 232, plot.top - 14, 'bookings refused', 'class="small"'),
    `<line x1="${plot.right - 120}" x2="${plot.right - 96}" y1="${plot.top - 18}" y2="${plot.top - 18}" stroke="#c2571a" stroke-width="2" stroke-dasharray="5 4"/>`,
    label(plot.right - 90, plot.top - 14, 'by Erlang B', 'class="small"'),
    '</svg>',
    '',
  ].join('\n');
}
