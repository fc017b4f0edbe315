import type { FunctionDefinition } from '../../../lib/local-cloud/template/function-definitions.ts';
import type { Program } from './bundles.ts';
import { Environment, type Ground } from './environment.ts';

/** How an invocation ended. */
export type Outcome =
  | { readonly kind: 'answered'; readonly payload: unknown; readonly isDisturbed: boolean }
  | { readonly kind: 'failed'; readonly message: string };

/** Functions whose death nobody could make good: a caller hears nothing then, whatever the service does. */
const IMMORTAL = new Set(['call-action']);

/** The functions of the stack, each with as many environments as work at the same time. */
export class Lambda {
  readonly #ground: Ground;
  readonly #programs: ReadonlyMap<string, Program>;
  readonly #definitions: ReadonlyMap<string, FunctionDefinition>;
  readonly #idle = new Map<string, Environment[]>();
  invocations = 0;
  coldStarts = 0;

  constructor(
    ground: Ground,
    definitions: readonly FunctionDefinition[],
    programs: ReadonlyMap<string, Program>,
  ) {
    this.#ground = ground;
    this.#programs = programs;
    this.#definitions = new Map(definitions.map((definition) => [definition.name, definition]));
  }

  definition(name: string): FunctionDefinition | undefined {
    return this.#definitions.get(name);
  }

  async invoke(name: string, event: unknown): Promise<Outcome> {
    this.invocations += 1;
    const { clock, journal } = this.#ground;
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw new Error(`The stack has no function ${name}.`);
    const idle = this.#idle.get(name) ?? [];
    this.#idle.set(name, idle);
    const environment = idle.pop() ?? (await this.#start(definition));
    const outcome = await new Promise<Outcome>((resolve) => {
      let isOver = false;
      const finish = (ended: Outcome) => {
        if (isOver) return;
        isOver = true;
        cancelTimeout();
        resolve(ended);
      };
      environment.onDeath = () => finish({ kind: 'failed', message: 'The environment ended.' });
      const cancelTimeout = clock.after(definition.timeoutMs, () => environment.die());
      const endsAtMs = clock.nowMs + definition.timeoutMs;
      environment
        .invoke(event, {
          awsRequestId: `request-${this.invocations}`,
          functionName: name,
          getRemainingTimeInMillis: () => endsAtMs - clock.nowMs,
        })
        .then(
          (payload) => finish({ kind: 'answered', payload, isDisturbed: environment.isDisturbed }),
          (error: unknown) => finish({ kind: 'failed', message: String(error) }),
        );
    });
    if (environment.isAlive) idle.push(environment);
    journal.write(`${clock.nowMs.toFixed(3)} ${name} ${outcome.kind}`);
    return outcome;
  }

  async #start({ name, logicalId, environment: variables }: FunctionDefinition): Promise<Environment> {
    const { clock, chance } = this.#ground;
    this.coldStarts += 1;
    const folder = folderOf(logicalId);
    const program = this.#programs.get(folder);
    if (program === undefined) throw new Error(`No folder in functions/ belongs to ${logicalId}.`);
    await clock.sleep(chance.between(50, 200));
    return new Environment(this.#ground, {
      functionName: name,
      program,
      variables,
      isMortal: !IMMORTAL.has(folder),
    });
  }
}

/** `CallActionFunction` comes from `functions/call-action`. */
function folderOf(logicalId: string): string {
  return logicalId
    .replace(/Function.*$/, '')
    .replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase();
}
