/** A JSON text that holds an object, or what is wrong with it. A byte order mark is no part of it. */
export function readObject(text: string): Record<string, unknown> | string {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return text.trim() === '' ? 'it is empty' : 'it is not JSON';
  }
  return asObject(value) ?? 'it is not a JSON object';
}

export const asObject = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
