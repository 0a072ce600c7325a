import { folded, isColoured, sayFolded } from './say';

const { isTTY, columns } = process.stdout;
const { NO_COLOR } = process.env;

/** Says it to a terminal of 20 columns, or to a pipe. */
function saidTo(terminal: boolean, text: string): string {
  Object.assign(process.stdout, { isTTY: terminal, columns: 20 });
  let said = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((part) => {
    said += String(part);
    return true;
  });
  sayFolded(text);
  return said;
}

afterEach(() => {
  jest.restoreAllMocks();
  Object.assign(process.stdout, { isTTY, columns });
  if (NO_COLOR === undefined) delete process.env['NO_COLOR'];
  else process.env['NO_COLOR'] = NO_COLOR;
});

describe('a line that is wider than the terminal', () => {
  const line = '  pass  host: the controller answers';

  it('is broken between words there, and indented', () => {
    expect(saidTo(true, line)).toBe('  pass  host: the\n      controller\n      answers\n');
  });

  it('is whole in a pipe', () => {
    expect(saidTo(false, line)).toBe(`${line}\n`);
  });

  it('is broken after a word that is longer than the terminal', () => {
    expect(folded(`a ${'x'.repeat(30)} b`, 20)).toBe(`a ${'x'.repeat(30)}\n    b`);
  });

  it('leaves narrow lines as they are, with their blanks', () => {
    expect(folded('\na   b\n  c', 20)).toBe('\na   b\n  c');
  });
});

describe('colours', () => {
  it('are for terminals', () => {
    delete process.env['NO_COLOR'];
    Object.assign(process.stdout, { isTTY: true });
    expect(isColoured()).toBe(true);
    Object.assign(process.stdout, { isTTY: false });
    expect(isColoured()).toBe(false);
  });

  it('are off with NO_COLOR', () => {
    Object.assign(process.stdout, { isTTY: true });
    process.env['NO_COLOR'] = '1';
    expect(isColoured()).toBe(false);
  });
});
