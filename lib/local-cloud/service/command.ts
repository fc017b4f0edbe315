import { EngineUnavailableError } from '../dynamodb/dynamodb-engine.ts';
import { TableMismatchError } from '../dynamodb/dynamodb-tables.ts';
import { endReaper } from '../processes/guarded-process.ts';
import { onEndOfNpm } from '../processes/npm-watch.ts';
import { UnservableTemplateError } from '../template/assembly.ts';
import { PortInUseError } from './front-door.ts';
import { type Companion, type ServiceCloud, startServiceCloud } from './service-cloud.ts';
import { readSettings, SettingsError } from './settings.ts';

/**
 * The local cloud as a command: reads its settings from the environment, prints one line when all is up, runs until
 * it is asked to stop, and ends the process. A mistake of the user's is told without a stack trace.
 */
export async function runLocalCloud(
  environment: Readonly<Record<string, string | undefined>>,
  companion?: Companion,
): Promise<void> {
  const say = (message: string): void => console.log(message);
  const stopRequested = waitForStopRequest();
  try {
    const starting = startServiceCloud(readSettings(environment), { say, ...(companion && { companion }) });
    const service = await Promise.race([starting, stopRequested]);
    if (service !== undefined) {
      say(readyLine(service));
      await stopRequested;
      await service.stop();
    }
  } catch (error) {
    process.exitCode = 1;
    console.error(explain(error));
  }
  // Whatever is still guarded, because the start was broken off, ends with the reaper.
  await endReaper();
  process.exit();
}

function readyLine({ cloud, companion }: ServiceCloud): string {
  const beside = companion === undefined ? '' : ` ${companion.name} ${companion.url}`;
  return `ready ${cloud.url}${beside}`;
}

/** Settles at Ctrl-C, at a request to end, or when npm, which started this process, is gone. */
function waitForStopRequest(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve(undefined));
    onEndOfNpm(() => resolve(undefined));
  });
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected =
    error instanceof SettingsError ||
    error instanceof PortInUseError ||
    error instanceof EngineUnavailableError ||
    error instanceof UnservableTemplateError ||
    error instanceof TableMismatchError ||
    error.name === 'ConfigurationError';
  return isExpected ? error.message : (error.stack ?? error.message);
}
