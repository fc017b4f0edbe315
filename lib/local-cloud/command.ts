import { UnservableTemplateError } from './assembly.ts';
import { EngineUnavailableError } from './dynamodb-engine.ts';
import { PortInUseError } from './front-door.ts';
import { type Companion, type ServiceCloud, startServiceCloud } from './service-cloud.ts';
import { readSettings, SettingsError } from './settings.ts';

const PARENT_CHECK_MS = 1_000;

/**
 * The local cloud as a command: reads its settings from the environment, prints one line when all is up, and runs
 * until it is asked to stop. Sets the exit code; a mistake of the user's is told without a stack trace.
 */
export async function runLocalCloud(
  environment: Readonly<Record<string, string | undefined>>,
  companion?: Companion,
): Promise<void> {
  const say = (message: string): void => console.log(message);
  const stopping = waitForStop(environment);
  let service: ServiceCloud | undefined;
  try {
    const starting = startServiceCloud(readSettings(environment), { say, ...(companion && { companion }) });
    // Asked to stop while it starts: it is finished first, so that nothing it has started is forgotten.
    service = await starting;
    const { cloud, companion: beside } = service;
    say(beside === undefined ? `ready ${cloud.url}` : `ready ${cloud.url} ${beside.name} ${beside.url}`);
    await stopping;
  } catch (error) {
    process.exitCode = 1;
    console.error(explain(error));
  }
  await service?.stop();
  // Nothing is left to do; a forgotten timer may not keep the terminal waiting.
  process.exit();
}

/** Settles at Ctrl-C, at a request to end, or when npm, which started this process, is gone. */
function waitForStop(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    if (environment.npm_lifecycle_event === undefined) return;
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve();
    }, PARENT_CHECK_MS).unref();
  });
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected =
    error instanceof SettingsError ||
    error instanceof PortInUseError ||
    error instanceof EngineUnavailableError ||
    error instanceof UnservableTemplateError ||
    error.name === 'ConfigurationError';
  return isExpected ? error.message : (error.stack ?? error.message);
}
