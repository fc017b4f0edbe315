import type { SoakProgress, SoakReport } from './soak.ts';

const BAR_WIDTH = 30;
const REDRAW_MS = 100;
/** Plain lines are few: each tenth of a phase. */
const STEPS = 10;

/** Where progress is shown; a terminal gets a bar, anything else plain lines. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows how far a soak has come. */
export function createProgressDisplay(
  screen: Screen,
  nowMs: () => number = () => performance.now(),
): (progress: SoakProgress) => void {
  let shown = '';
  let shownAtMs = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const { phase, done, total } = progress;
    const share = total === 0 ? 1 : done / total;
    if (screen.isTTY === true) {
      if (share < 1 && nowMs() - shownAtMs < REDRAW_MS) return;
      shownAtMs = nowMs();
      const filled = Math.round(share * BAR_WIDTH);
      const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
      screen.write(
        `\r${phase.padEnd(9)} ${bar} ${percent(share)} ${grouped(done)} of ${grouped(total)}\u001b[K`,
      );
      if (share === 1) screen.write('\n');
      return;
    }
    const step = `${phase} ${Math.floor(share * STEPS)}`;
    if (step === shown) return;
    shown = step;
    screen.write(`${phase} ${percent(share)} ${grouped(done)} of ${grouped(total)}\n`);
  };
}

/** The report as a table for people, one line per figure, the verdict last. */
export function renderReport(report: SoakReport, seed: number): string {
  const rows: [string, string][] = [
    ['webhooks sent', grouped(report.webhooks)],
    ['  of which repeated', `${grouped(report.repeated)} ${inBrackets(report.repeated / report.webhooks)}`],
    ['sessions', grouped(report.sessions)],
    ['  of which told out of order', grouped(report.reordered)],
    ['requests to the store', grouped(report.storeRequests)],
    [
      '  of which made to fail',
      `${grouped(report.storeFaults)} ${inBrackets(report.storeFaults / report.storeRequests)}`,
    ],
    ['webhooks through the retry queue', grouped(report.queued)],
    ['consumers killed', grouped(report.consumersKilled)],
    ['most deliveries of one message', grouped(report.mostReceives)],
    ['deliveries of the decision log repeated', grouped(report.logRepeated)],
    ['callers connected', grouped(report.connected)],
    ['callers who heard the apology', grouped(report.apologies)],
    ['seconds', grouped(Math.round(report.seconds))],
    ['seed', String(seed)],
    ['not answered 200', grouped(report.refused)],
    ['dead letters', grouped(report.deadLetters)],
    ['connected to the wrong person', grouped(report.misconnected)],
    ['lost', grouped(report.lost)],
    ['doubled', grouped(report.doubled)],
    ['wrong final states', grouped(report.wrong)],
  ];
  const examples = report.examples.length === 0 ? [] : [`Look at: ${report.examples.join(', ')}`];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [...rows.map(([name, value]) => `${name.padEnd(width)}  ${value.padStart(12)}`), ...examples].join(
    '\n',
  );
}

const grouped = (count: number): string => count.toLocaleString('en-US');
const percent = (share: number): string => `${Math.floor(share * 100)} %`.padStart(5);
const inBrackets = (share: number): string => `(${(share * 100).toFixed(1)} %)`;
