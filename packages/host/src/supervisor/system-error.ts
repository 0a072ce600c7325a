/** Whether this is what the system says with one of these codes, such as `ENOENT`. */
export const isSystemError = (error: unknown, ...codes: string[]): error is { code: string; syscall?: unknown } =>
  typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));

/** What was thrown, for people. */
export const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
