/** What has to be undone, last thing first. */
export interface CleanUp {
  add(undo: () => Promise<void> | void): void;
  /** Undoes everything once; a step that fails does not keep the others from running. */
  run(): Promise<void>;
}

/** Makes an empty list. */
export function createCleanUp(): CleanUp {
  const steps: (() => Promise<void> | void)[] = [];
  let running: Promise<void> | undefined;
  const runAll = async (): Promise<void> => {
    for (let undo = steps.pop(); undo !== undefined; undo = steps.pop()) {
      try {
        await undo();
      } catch {
        // It is being taken down; what matters is that the rest is taken down, too.
      }
    }
  };
  return {
    add: (undo) => void steps.push(undo),
    run() {
      running ??= runAll();
      return running;
    },
  };
}
