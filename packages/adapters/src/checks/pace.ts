import type { Client } from 'autocannon';

/** When the requests of a connection are due, in ms of `performance.now()`. */
export interface Timetable {
  first: number;
  interval: number;
}

/**
 * Makes a connection of autocannon send each request when it is due, or as soon as the answer before is there, so that what a
 * stall held up is made good after it. `sends` is told since when each request is waited for: since it was due where it had to
 * wait for an answer, since it was sent where only the timer was late.
 *
 * autocannon's own rate is a burst at the beginning of each second: it would measure how bursts are served, and no stall between.
 * It has no other way in than the method that sends; without it this throws.
 */
export function pace(client: Client, { first, interval }: Timetable, sends: (since: number) => void): void {
  const send: unknown = Reflect.get(client, '_doRequest');
  if (typeof send !== 'function') throw new Error('this version of autocannon can not be paced');
  let due = first;
  let timer: NodeJS.Timeout | null = null;
  const go = (since: number) => {
    due += interval;
    sends(since);
    Reflect.apply(send, client, []);
  };
  const doRequest = () => {
    if (timer) return; // a connection that was closed meanwhile asks again
    const wait = due - performance.now();
    if (wait <= 0) {
      go(due);
      return;
    }
    timer = setTimeout(() => {
      timer = null;
      go(performance.now());
    }, wait);
  };
  Reflect.set(client, '_doRequest', doRequest);
  client.addListener('done', () => timer && clearTimeout(timer));
}
