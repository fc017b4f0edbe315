import { Ansis } from 'ansis';
import type { DemoBooking } from './answers.ts';
import { type Lifeline, ladderOf, lifelines, type Rung } from './ladder.ts';
import { DRIVER, type PlayedCall, people, RIDER } from './scenario.ts';

/** Where each lifeline stands, counted in characters from the left. */
const columns: Readonly<Record<Lifeline, number>> = { caller: 11, '8x8': 33, callee: 55, service: 74 };
/** The usual terminal. */
const WIDTH = 80;

const LEGEND = [
  '',
  "  VCA, VCS, VSS, VRU: 8x8's webhooks. What to do with a call, how its legs get",
  '  on, how it ended, and that its recording is uploaded.',
];

/** Turns the demo into lines of text. */
export interface DemoRenderer {
  booking(booking: DemoBooking): string[];
  call(played: PlayedCall, position: number): string[];
  completion(): string[];
  /** What the booking API says about each call. */
  summary(calls: readonly PlayedCall[]): string[];
  /** Where all of it can be looked at, if it stays, or how to make it stay. */
  farewell(
    place: { readonly apiUrl: string; readonly stays: boolean },
    calls: readonly PlayedCall[],
  ): string[];
}

/** @param colours whether the terminal shows them; without, the lines are plain text of the same width. */
export function createRenderer(colours: boolean): DemoRenderer {
  const paint = new Ansis(colours ? 3 : 0);
  const colourOf: Readonly<Record<Rung['kind'], (text: string) => string>> = {
    call: paint.cyan,
    connected: paint.greenBright,
    webhook: paint.gray,
    answer: paint.yellow,
    heard: paint.magenta,
    failed: paint.red,
    recording: paint.blue,
  };

  function rung(step: Rung): string[] {
    const time = `${step.atSeconds.toFixed(1)} s`.padStart(8);
    const colour = colourOf[step.kind];
    if (step.from !== step.to) return [paint.dim(time) + arrow(step, colour)];
    const [head = '', ...rest] = wrap(step.what, WIDTH - columns[step.from] - 2);
    const indent = ' '.repeat(8);
    return [
      paint.dim(time) + note(step.from, head, colour),
      ...rest.map((line) => indent + note(step.from, line, colour)),
    ];
  }

  /** A text beside a lifeline; the lifelines to the right of it make way. */
  function note(line: Lifeline, text: string, colour: (text: string) => string): string {
    const before = lifelines.slice(0, lifelines.indexOf(line) + 1);
    const bars = before.reduce((drawn, name) => `${drawn.padEnd(columns[name] - 8)}│`, '');
    return `${paint.dim(bars)} ${colour(text)}`;
  }

  function arrow({ from, to, what }: Rung, colour: (text: string) => string): string {
    const [left, right] = columns[from] < columns[to] ? [from, to] : [to, from];
    const length = columns[right] - columns[left] - 1;
    const label = what.length > length - 4 ? `${what.slice(0, length - 5)}…` : what;
    const line = ` ${label} `
      .padStart(Math.ceil((length + label.length + 1) / 2), '─')
      .padEnd(length - 1, '─');
    const body = to === right ? `${line}▶` : `◀${line}`;
    const outside = (names: readonly Lifeline[], start: number) =>
      names.reduce((drawn, name) => `${drawn.padEnd(columns[name] - start)}│`, '');
    const before = lifelines.slice(0, lifelines.indexOf(left) + 1);
    const after = lifelines.slice(lifelines.indexOf(right));
    return paint.dim(outside(before, 8)) + colour(body) + paint.dim(outside(after, columns[right]));
  }

  const heading = (text: string): string[] => ['', paint.bold(text)];

  return {
    booking: ({ bookingId, virtualNumber }) => [
      ...heading(`A ride is booked: ${bookingId}`),
      `  rider  ${RIDER}   sees and dials ${paint.bold(virtualNumber)}`,
      `  driver ${DRIVER}   sees and dials ${paint.bold(virtualNumber)}`,
      ...LEGEND.map((line) => paint.dim(line)),
    ],
    call(played, position) {
      const caller = people.get(played.from) ?? played.from;
      const other = played.from === DRIVER ? 'rider' : 'driver';
      const names: Readonly<Record<Lifeline, string>> = {
        caller,
        '8x8': '8x8',
        callee: other,
        service: 'service',
      };
      const header = lifelines.reduce((drawn, line) => {
        const start = columns[line] - Math.floor(names[line].length / 2);
        return drawn.padEnd(start) + names[line];
      }, '');
      return [
        ...heading(`${position}. ${played.title}`),
        paint.bold(header),
        ...ladderOf(played).flatMap(rung),
        `  ${verdict(played)}`,
      ];
    },
    completion: () => heading('The ride is over: the booking is completed.'),
    summary: (calls) => [
      ...heading('What GET /v1/sessions/{sessionId} says'),
      ...calls.flatMap(({ title, session }, index) => [
        `  ${index + 1}. ${title}`,
        `     ${paint.dim(`/v1/sessions/${session.sessionId}`)}`,
        ...because(session).map((line) => `     ${line}`),
        ...session.recordings.flatMap((recording) =>
          describeRecording(recording).map((line) => `     ${paint.blue(line)}`),
        ),
      ]),
    ],
    farewell: ({ apiUrl, stays }, calls) => [
      ...heading(stays ? 'All of this stays until the local cloud ends' : 'All of this ends with the demo'),
      ...(stays
        ? [`  curl ${apiUrl}/v1/sessions/${calls[0]?.session.sessionId ?? ''}`]
        : ['  `npm start` brings up a local cloud that stays; the demo then plays there.']),
    ],
  };

  function because({ outcome: kind, decision }: PlayedCall['session']): string[] {
    const reason = wrap(decision?.reason ?? 'No decision is known.', WIDTH - 5);
    return [`${outcome(kind)}, by the decision ${paint.bold(decision?.kind ?? 'unknown')}:`, ...reason];
  }

  function verdict({ call, session }: PlayedCall): string {
    const connected =
      call.connectedTo === null ? 'nobody was connected' : `connected to ${people.get(call.connectedTo)}`;
    const seconds = session.durationSeconds ? ` for ${session.durationSeconds} s` : '';
    return `→ ${outcome(session.outcome)}: ${connected}${seconds}`;
  }

  function outcome(text: string): string {
    return text === 'answered' ? paint.green(text) : paint.yellow(text);
  }
}

function describeRecording({ key, sizeBytes }: PlayedCall['session']['recordings'][number]): string[] {
  return key === null
    ? ['Its recording was not seen in S3.']
    : [`Its recording of ${sizeBytes} bytes lies in S3:`, key];
}

/** Breaks a text between words. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
