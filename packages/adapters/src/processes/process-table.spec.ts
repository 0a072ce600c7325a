import { parseProcStat, parsePsLine, readGroup, readProcess } from './process-table';

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i).join(' ');
/** A line of /proc/PID/stat whose fields hold their own numbers, but for the first three. */
const stat = (name: string, state = 'S') => `4711 (${name}) ${state} ${numbers(4, 52)}\n`;

describe('parseProcStat', () => {
  it.each([
    ['takes group and start by their position', stat('node'), true],
    ['is not misled by a name with blanks and parentheses', stat('a) Z (b'), true],
    ['tells a zombie', stat('node', 'Z'), false],
  ])('%s', (_, text, alive) => {
    expect(parseProcStat(text, 'boot')).toEqual({ pid: 4711, group: 5, alive, identity: 'boot:22' });
  });

  it('reads nothing from a line that is cut off', () => {
    expect(parseProcStat('4711 (node) S 1 2', 'boot')).toBeNull();
  });
});

describe('parsePsLine', () => {
  it.each([
    ['  4711  4711 Ss   Mon Jan  5 10:00:00 2026    ', true],
    ['  4711  4711 Z+   Mon Jan  5 10:00:00 2026', false],
  ])('reads "%s"', (line, alive) => {
    expect(parsePsLine(line)).toEqual({ pid: 4711, group: 4711, alive, identity: 'Mon Jan 5 10:00:00 2026' });
  });

  it('reads nothing from an empty line', () => {
    expect(parsePsLine('')).toBeNull();
  });
});

describe('readProcess', () => {
  it('gives a running process the same identity every time', () => {
    const entry = readProcess(process.pid);
    expect(entry).toMatchObject({ pid: process.pid, alive: true });
    expect(readProcess(process.pid)).toEqual(entry);
  });

  it('knows no process of a pid that is not given', () => {
    expect(readProcess(2 ** 22 + 1)).toBeNull();
  });
});

describe('readGroup', () => {
  it('finds a process in its group', () => {
    const group = readProcess(process.pid)?.group ?? 0;
    expect(readGroup(group).map((entry) => entry.pid)).toContain(process.pid);
  });
});
