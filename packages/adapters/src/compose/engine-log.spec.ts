import { linesIn } from './engine-log';

const frame = (stream: number, text: string): Buffer => {
  const body = Buffer.from(text, 'utf8');
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
};

describe('the log of a container', () => {
  it('is the lines of both streams, without frames and colours', () => {
    const log = Buffer.concat([frame(1, 'ready é\n'), frame(2, '\u001b[31mbad\u001b[0m\r\nwo'), frame(2, 'rse\n')]);
    expect(linesIn(log)).toEqual(['ready é', 'bad', 'worse']);
  });

  it('is its text where the container has a terminal', () => {
    expect(linesIn(Buffer.from('one\r\ntwo\r\n'))).toEqual(['one', 'two']);
  });

  it('ends where a frame was cut off', () => {
    expect(linesIn(frame(1, 'whole, then cut').subarray(0, 13))).toEqual(['whole']);
    expect(linesIn(Buffer.alloc(0))).toEqual([]);
  });
});
