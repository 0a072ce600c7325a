import { access } from 'node:fs/promises';

/** Whether there is something at a path; a link that leads nowhere is nothing. */
export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
