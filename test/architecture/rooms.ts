import type { Import } from '../support/import-graph.ts';

/** A folder or a kind of file, and what may be imported there. */
export interface Room {
  readonly name: string;
  readonly holds: RegExp;
  /** Our own files that may be imported, beside those of the room itself. */
  readonly mayImport: readonly RegExp[];
  /** Packages that may be imported; absent: any. Modules of Node are free but where `pure` says otherwise. */
  readonly packages?: readonly RegExp[];
  /** Neither packages nor modules of Node. */
  readonly pure?: true;
  /** What the room is for, and so where the other code belongs. */
  readonly wayOut: string;
}

const domain = /^functions\/shared\/domain\//;
const ports = /^functions\/shared\/ports\//;
const useCases = /^functions\/shared\/use-cases\//;
const http = /^functions\/shared\/http\//;
const observability = /^functions\/shared\/observability\//;
const config = /^functions\/shared\/config\//;
const adapters = /^functions\/shared\/adapters\//;
/** Helpers that adapters of every room share. */
const adapterHelpers = /^functions\/shared\/adapters\/[^/]+$/;
const wiring = /^functions\/shared\/wiring\//;
/** How 8x8's webhooks and the records of the tables' streams are read, and how answers are written. */
const wire = /^functions\/shared\/adapters\/(eight-by-eight\/webhooks\/|dynamodb\/calls\/stored-change\.ts$)/;
/** Names that both the stack and the runtime use; they import nothing. */
const sharedNames =
  /^functions\/shared\/(config\/(env-names|event-source|call-indexes)|observability\/metric-names)\.ts$/;
const configuration = /^lib\/configuration\//;
const stackFiles = /^lib\/[^/]+\.ts$/;
const localCloud = /^lib\/local-cloud\/(?!service\/)/;
const localTemplate = /^lib\/local-cloud\/(template|processes)\//;
const everything = /^(bin|lib|functions|test)\//;

/** The rooms, the first that holds a file being its own. */
export const rooms: readonly Room[] = [
  {
    name: 'names shared with the stack',
    holds: sharedNames,
    mayImport: [],
    pure: true,
    wayOut: 'These files are read by the stack and by the runtime: names only.',
  },
  {
    name: 'domain',
    holds: domain,
    mayImport: [],
    packages: [/^libphonenumber-js/],
    wayOut:
      'The domain is nouns and pure rules. What asks the world belongs into a use case, over a port; what builds on it takes it as an argument.',
  },
  {
    name: 'ports',
    holds: ports,
    mayImport: [domain],
    pure: true,
    wayOut: 'A port is an interface in the words of the domain. What fulfils it is an adapter.',
  },
  {
    name: 'use cases',
    holds: useCases,
    mayImport: [sharedNames, ports, domain, observability],
    packages: [/^zod/],
    wayOut:
      'A use case asks the world through a port. Declare one in ports/, fulfil it in adapters/, wire it in index.ts.',
  },
  {
    name: 'observability',
    holds: observability,
    mayImport: [domain, config, sharedNames],
    pure: true,
    wayOut: 'The logger and the metrics know the nouns of the domain and nothing else.',
  },
  {
    name: 'config',
    holds: config,
    mayImport: [sharedNames],
    wayOut: 'Names and the reading of the environment only.',
  },
  {
    name: 'http',
    holds: http,
    mayImport: [useCases, ports, domain, observability, config],
    packages: [/^@middy\//, /^aws-lambda$/],
    wayOut: 'Only middlewares live here. What they need of the world comes as a port.',
  },
  ...['dynamodb', 'memory', 'eight-by-eight', 's3', 'sqs'].map(
    (name): Room => ({
      name: `adapters of ${name}`,
      holds: new RegExp(`^functions/shared/adapters/${name}/`),
      mayImport: [adapterHelpers, useCases, ports, domain, observability, config],
      wayOut:
        'An adapter never imports one of another room: join them in wiring/ or index.ts, or put what both need beside the rooms.',
    }),
  ),
  {
    name: 'adapters',
    holds: adapters,
    mayImport: [useCases, ports, domain, observability, config],
    wayOut: 'What adapters of every room share knows none of them.',
  },
  {
    name: 'wiring',
    holds: wiring,
    mayImport: [adapters, http, useCases, ports, domain, observability, config],
    wayOut: 'Wiring builds adapters from the environment. It knows no Lambda.',
  },
  {
    name: 'entries of Lambdas',
    holds: /^functions\/[^/]+\/index\.ts$/,
    mayImport: [wiring, adapters, http, useCases, ports, domain, observability, config],
    wayOut:
      'An index.ts joins its own handler and what is shared. What two Lambdas need belongs into functions/shared.',
  },
  {
    name: 'Lambdas',
    holds: /^functions\/(?!shared\/)[^/]+\//,
    mayImport: [wire, http, useCases, ports, domain, observability],
    packages: [/^@middy\//, /^aws-lambda$/, /^zod/, /^libphonenumber-js/],
    wayOut:
      'A handler takes its adapters from index.ts as ports, and knows of the wire only how what comes in is read. What two Lambdas need belongs into functions/shared.',
  },
  {
    name: 'configuration',
    holds: configuration,
    mayImport: [sharedNames],
    wayOut: 'Settings are read without a stack and without the runtime, by whoever needs one.',
  },
  {
    name: 'constructs',
    holds: /^lib\/constructs\//,
    mayImport: [configuration, stackFiles, sharedNames],
    wayOut: 'Infrastructure takes names from the runtime, and no code: see functions/shared/config.',
  },
  {
    name: 'simulated 8x8',
    holds: /^lib\/simulated-8x8\//,
    mayImport: [],
    wayOut: 'The telephone network imports nothing of ours: it checks our answers by rules of its own.',
  },
  {
    name: 'templates in the local cloud',
    holds: /^lib\/local-cloud\/template\//,
    mayImport: [],
    wayOut:
      'Reading a template needs none of the services that are made of it; what both need stands in template/.',
  },
  {
    name: 'processes in the local cloud',
    holds: /^lib\/local-cloud\/processes\//,
    mayImport: [],
    wayOut: 'Starting and ending programs knows nothing of what they are.',
  },
  {
    name: 'the service on the local cloud',
    holds: /^lib\/local-cloud\/service\//,
    mayImport: [localCloud, localTemplate, /^lib\/simulated-8x8\//, stackFiles, configuration],
    wayOut:
      'Only this folder of the local cloud knows that there are bookings and an 8x8; it talks to both over HTTP.',
  },
  {
    name: 'local cloud',
    holds: /^lib\/local-cloud\//,
    mayImport: [localCloud],
    wayOut:
      'The local cloud serves any template: what knows 8x8 or bookings belongs into lib/local-cloud/service.',
  },
  {
    name: 'commands',
    holds: /^lib\/commands\/[^/]+\//,
    mayImport: [
      configuration,
      stackFiles,
      /^lib\/local-cloud\//,
      // A rehearsal has somebody call what it deployed.
      /^lib\/simulated-8x8\/start-simulated-8x8\.ts$/,
      adapters,
      useCases,
      ports,
      domain,
      sharedNames,
    ],
    wayOut:
      'A command never imports another one, nor a Lambda: what both need belongs into functions/shared or lib.',
  },
  {
    name: 'the stack',
    holds: stackFiles,
    mayImport: [configuration, /^lib\/constructs\//, sharedNames],
    wayOut: 'Infrastructure takes names from the runtime, and no code: see functions/shared/config.',
  },
  {
    name: 'entry points',
    holds: /^bin\//,
    mayImport: [/^lib\//],
    wayOut: 'An entry point is a few lines over a command in lib/commands.',
  },
  {
    name: 'tests',
    holds: /^test\//,
    mayImport: [everything],
    wayOut: 'Tests may import everything, and nothing imports them.',
  },
];

/** @throws Error for a file that no room holds: give its folder one. */
export function roomOf(file: string): Room {
  const room = rooms.find(({ holds }) => holds.test(file));
  if (room === undefined) {
    throw new Error(
      `No room holds ${file}. Put it into one, or describe its folder in test/architecture/rooms.ts.`,
    );
  }
  return room;
}

/** Commands and Lambdas are rooms each for itself. */
function sameRoom(from: string, target: string): boolean {
  const room = roomOf(from);
  if (!room.holds.test(target) || roomOf(target) !== room) return false;
  const single = /^(lib\/commands\/[^/]+|functions\/(?!shared\/)[^/]+)\//;
  return single.exec(from)?.[0] === single.exec(target)?.[0];
}

/** What is wrong with an import, as a sentence with the way out; undefined where nothing is. */
export function faultOf({ from, target, isOwn, typeOnly }: Import): string | undefined {
  const room = roomOf(from);
  const told = (what: string) => `${from} imports ${target}: ${what} ${room.wayOut}`;
  if (isOwn) {
    if (sameRoom(from, target)) return undefined;
    const ownHandler =
      /^functions\/[^/]+\/index\.ts$/.test(from) && target.startsWith(from.slice(0, -'index.ts'.length));
    if (ownHandler || room.mayImport.some((allowed) => allowed.test(target))) return undefined;
    return told(`the room "${room.name}" may not import from "${roomOf(target).name}".`);
  }
  if (room.pure) return typeOnly ? undefined : told(`the room "${room.name}" imports no package.`);
  if (target.startsWith('node:')) return undefined;
  if (room.packages === undefined || typeOnly || room.packages.some((allowed) => allowed.test(target)))
    return undefined;
  return told(`the room "${room.name}" may not import this package.`);
}
