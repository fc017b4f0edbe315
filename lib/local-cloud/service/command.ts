import { EngineUnavailableError } from '../dynamodb/dynamodb-engine.ts';
import { TableMismatchError } from '../dynamodb/dynamodb-tables.ts';
import { endReaper } from '../processes/guarded-process.ts';
import { onEndOfNpm } from '../processes/npm-watch.ts';
import { UnservableTemplateError } from '../template/assembly.ts';
import { HELP, readArguments } from './arguments.ts';
import { PortInUseError } from './front-door.ts';
import { openPages } from './open-pages.ts';
import { type Companion, type ServiceCloud, startServiceCloud } from './service-cloud.ts';
import { readSettings, SettingsError } from './settings.ts';
import { checkBeforeStart } from './start-checks.ts';

/**
 * The local cloud as a command: reads its settings from the environment, prints one line when all is up, runs until
 * it is asked to stop, and ends the process. A mistake of the user's is told without a stack trace.
 */
export async function runLocalCloud(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  companion?: Companion,
): Promise<void> {
  let isStopping = false;
  // What ends because all is ended is no news.
  const say = (message: string): void => {
    if (!isStopping) console.log(message);
  };
  const stopRequested = waitForStopRequest(() => {
    isStopping = true;
  });
  try {
    const { context, opensPages, wantsHelp } = readArguments(args);
    if (wantsHelp) {
      say(HELP);
      process.exit();
    }
    const settings = { ...readSettings(environment), context };
    await checkBeforeStart(settings);
    const starting = startServiceCloud(settings, { say, ...(companion && { companion }) });
    const service = await Promise.race([starting, stopRequested]);
    if (service !== undefined) {
      say(readyLine(service));
      if (opensPages) openPages(pagesOf(service), say);
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
function waitForStopRequest(onRequest: () => void): Promise<undefined> {
  return new Promise((resolve) => {
    const stop = () => {
      onRequest();
      resolve(undefined);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
    onEndOfNpm(stop);
  });
}

/** The pages for people: one on each port. */
function pagesOf({ cloud, companion }: ServiceCloud): string[] {
  return [cloud.url, ...(companion ? [companion.url] : [])].map((url) => `${url}/`);
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
