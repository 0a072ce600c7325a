import { stripVTControlCharacters } from 'node:util';

/** A frame is one byte for the stream, three zeros, then its length. Source: the Docker Engine API, "Stream format". */
const head = 8;

/** The lines in what the engine gives of a container's log: in frames, or as they are where it has a terminal. */
export function linesIn(log: Buffer): string[] {
  const text = (isFramed(log) ? unframed(log) : log).toString('utf8');
  return stripVTControlCharacters(text)
    .split(/\r?\n/)
    .filter((line) => line !== '');
}

const isFramed = (log: Buffer): boolean =>
  log.length >= head && (log[0] ?? 9) <= 2 && log[1] === 0 && log[2] === 0 && log[3] === 0;

function unframed(log: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + head <= log.length;) {
    const end = at + head + log.readUInt32BE(at + 4);
    parts.push(log.subarray(at + head, end));
    at = end;
  }
  return Buffer.concat(parts);
}
