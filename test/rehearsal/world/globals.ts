import * as crypto from 'node:crypto';
import type { Chance } from './chance.ts';

/** What one execution environment has of the world around it: time, chance, its variables, and a way out. */
export interface Surroundings {
  readonly nowMs: () => number;
  readonly chance: Chance;
  readonly variables: Readonly<Record<string, string>>;
  /** Calls back unless the environment has died. @returns what calls it off. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly print: (line: string) => void;
  readonly fetch: (url: string, init: RequestInit) => Promise<unknown>;
}

type Callback = (...args: unknown[]) => void;

/** The globals that decide what a program sees of time and chance, made anew for one environment. */
export function createGlobals(around: Surroundings) {
  const RealDate = Date;
  class VirtualDate extends RealDate {
    constructor(...args: unknown[]) {
      super(...((args.length === 0 ? [around.nowMs()] : args) as [number]));
    }
    static override now(): number {
      return Math.floor(around.nowMs());
    }
  }
  const math = Object.defineProperties(Object.create(Object.prototype), {
    ...Object.getOwnPropertyDescriptors(Math),
    random: { value: around.chance.random },
  });
  const startTimer = (delayMs: number, run: () => void) => {
    const cancel = around.after(delayMs, run);
    const timer = { cancel, ref: () => timer, unref: () => timer, hasRef: () => true };
    return timer;
  };
  const setTimeout = (run: Callback, delayMs = 0, ...args: unknown[]) =>
    startTimer(delayMs, () => run(...args));
  const setImmediate = (run: Callback, ...args: unknown[]) => startTimer(0, () => run(...args));
  const setInterval = (run: Callback, delayMs = 0, ...args: unknown[]) => {
    const timer = { cancel: () => {}, ref: () => timer, unref: () => timer, hasRef: () => true };
    const again = () => {
      timer.cancel = around.after(delayMs, () => {
        again();
        run(...args);
      });
    };
    again();
    return timer;
  };
  const clear = (timer: { cancel?: () => void } | undefined) => timer?.cancel?.();
  const timeoutSignal = (delayMs: number): AbortSignal => {
    const controller = new AbortController();
    const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    around.after(delayMs, () => controller.abort(reason));
    return controller.signal;
  };
  const abortSignal = Object.assign(Object.create(AbortSignal), {
    timeout: timeoutSignal,
    any: (signals: AbortSignal[]) => AbortSignal.any(signals),
    abort: (reason?: unknown) => AbortSignal.abort(reason),
  });
  const bytes = (into: Uint8Array) => {
    for (let at = 0; at < into.length; at += 1) into[at] = around.chance.integerBelow(256);
    return into;
  };
  const getRandomValues = <T extends ArrayBufferView>(view: T): T => {
    bytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    return view;
  };
  const randomUUID = () => {
    const hex = Buffer.from(bytes(new Uint8Array(16))).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
  const performance = { now: around.nowMs, timeOrigin: 0, mark: () => {}, measure: () => {} };
  const virtualProcess = {
    env: { ...around.variables },
    version: process.version,
    versions: process.versions,
    platform: process.platform,
    arch: process.arch,
    argv: [],
    execArgv: [],
    pid: 1,
    stdout: { write: (text: string) => around.print(text.trimEnd()) },
    stderr: { write: (text: string) => around.print(text.trimEnd()) },
    nextTick: (run: Callback, ...args: unknown[]) => queueMicrotask(() => run(...args)),
    hrtime: Object.assign(() => [Math.floor(around.nowMs() / 1000), 0], {
      bigint: () => BigInt(Math.floor(around.nowMs() * 1e6)),
    }),
    uptime: () => around.nowMs() / 1000,
    memoryUsage: () => ({ heapUsed: 0, rss: 0 }),
    cwd: () => '/var/task',
    on: () => virtualProcess,
    once: () => virtualProcess,
    emitWarning: () => {},
    emit: () => false,
    listenerCount: () => 0,
  };
  const print = (...texts: unknown[]) => around.print(texts.map(String).join(' '));
  const overridden: Record<string, unknown> = {
    Date: VirtualDate,
    Math: math,
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
    AbortSignal: abortSignal,
    performance,
    process: virtualProcess,
    fetch: around.fetch,
    crypto: { getRandomValues, randomUUID, subtle: crypto.webcrypto.subtle },
    console: { log: print, info: print, warn: print, error: print, debug: print },
  };
  const root = Object.create(globalThis, Object.getOwnPropertyDescriptors(overridden));
  Object.assign(overridden, { globalThis: root, global: root });

  const sleep = (delayMs: number, value?: unknown, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(value), delayMs);
      signal?.addEventListener('abort', () => {
        timer.cancel();
        reject(signal.reason);
      });
    });
  const modules: Record<string, unknown> = {
    'timers/promises': { setTimeout: sleep, setImmediate: () => sleep(0), scheduler: { wait: sleep } },
    timers: { setTimeout, setInterval, setImmediate, clearTimeout: clear, clearInterval: clear },
    perf_hooks: { performance },
    process: virtualProcess,
    crypto: {
      ...crypto,
      randomUUID,
      randomBytes: (size: number) => Buffer.from(bytes(new Uint8Array(size))),
      randomInt: (least: number, most?: number) =>
        most === undefined
          ? around.chance.integerBelow(least)
          : least + around.chance.integerBelow(most - least),
      getRandomValues,
      webcrypto: overridden.crypto,
    },
  };
  return { overridden, modules };
}
