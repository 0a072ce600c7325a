import { SluiceError } from '../../errors';
import { parseConfig } from '../parse';

export const parse = (written: unknown, configuration: string | null = null) =>
  parseConfig(typeof written === 'string' ? written : JSON.stringify(written), 'apps/shop/sluice.json', configuration);

export function refusalOf(written: unknown, configuration: string | null = null): SluiceError {
  try {
    parse(written, configuration);
  } catch (thrown) {
    if (thrown instanceof SluiceError) return thrown;
    throw thrown;
  }
  throw new Error('it was not refused');
}

export const problemsOf = (written: unknown, configuration: string | null = null): string[] =>
  refusalOf(written, configuration)
    .message.split('\n')
    .flatMap((line) => (line.startsWith('  - ') ? [line.slice(4)] : []));
