import { hasCode } from '../durable/durable-file';

/** Whether a process has this pid: it may be another one than it was, and one that has ended and waits for its parent. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM'); // alive, and another user's
  }
}
