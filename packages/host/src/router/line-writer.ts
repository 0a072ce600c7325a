/** Writes lines to files, beside what matters more. */
export interface LineWriter {
  /** Returns at once. What can't be written is lost: it holds up no request. */
  write(file: string, line: string): void;
  /** Resolves when what was given so far is written, or lost. */
  flush(): Promise<void>;
}

/** Lines are gathered for so long, in ms, and so many of them at most where the disk is slower than they come. */
const interval = 200;
const mostLines = 50_000;

/** @param what the lines are, for people: said when they begin to be lost, and when they are written again */
export function createLineWriter(what: string, append: (file: string, text: string) => Promise<void>): LineWriter {
  const pending = new Map<string, string[]>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let lost = 0;

  function lose(file: string, count: number, reason: string): void {
    if (lost === 0) console.error(`${what} are not written to ${file}: ${reason}`);
    lost += count;
  }

  async function writeAll(): Promise<void> {
    for (const [file, lines] of [...pending]) {
      pending.delete(file);
      try {
        // the last line of before may have been cut off
        await append(file, `${lost > 0 ? '\n' : ''}${lines.join('')}`);
        if (lost > 0) console.error(`${what} are written to ${file} again; ${lost} are missing`);
        lost = 0;
      } catch (error) {
        lose(file, lines.length, String(error));
      }
    }
  }

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(writeAll);
    return writing;
  };

  return {
    flush,
    write(file, line) {
      const lines = pending.get(file) ?? [];
      if (lines.length >= mostLines) {
        lose(file, 1, 'the disk is too slow');
        return;
      }
      lines.push(`${line}\n`);
      pending.set(file, lines);
      timer ??= setTimeout(() => void flush(), interval);
    },
  };
}
