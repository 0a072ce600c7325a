import type { ChildProcess } from 'node:child_process';
import { Server } from 'node:net';
import { z } from '@sluice/core';
import { estateSchema, type Estate } from './estate';
import type { Place } from './route';
import type { SocketSource } from './table';

/**
 * What a router and the one that it started say to each other while one hands over to the other:
 *
 *     successor              router
 *       ready        ->
 *                    <-      estate
 *       socket       ->                one for each route
 *                    <-      socket, with the handle
 *       serving      ->                from here on it is replaced
 *
 * A worker of the router begins in the same way, and asks for more sockets when routes come or move; at its end
 *
 *                    <-      leave
 */
const placeSchema = z.object({ project: z.string(), environment: z.string() });
const saidBySuccessor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('socket'), place: placeSchema }),
  z.object({ kind: z.literal('serving') }),
]);
const legacySchema = z.object({
  kind: z.literal('estate'),
  version: z.literal(1),
  now: z.int(),
  /** By the clock that all processes of a machine share. */
  at: z.number(),
  /** Where the router answers its successor for as long as it has connections. */
  former: z.string(),
  estates: z.array(estateSchema),
});
const socketSchema = z.object({ kind: z.literal('socket') });
const leaveSchema = z.object({ kind: z.literal('leave') });

/** What a router that succeeds another one begins with. */
export interface Legacy {
  /** The time now, by the clock of the one before. */
  now: number;
  former: string;
  estates: Estate[];
  socketOf: SocketSource;
  /** Tells the one before that this one serves. */
  confirm(): void;
}

/** Milliseconds since whenever. Not `performance.now()`, which each process counts from its own start. */
const shared = () => Number(process.hrtime.bigint()) / 1e6;

/** Starting Node on a busy machine takes seconds; nothing waits meanwhile. */
const bootTime = 20_000;
/** While it is handed over, no route can change. */
const handTime = 10_000;

/** Resolves when the child is ready to succeed; rejects when it ends, or takes too long. */
export const untilReady = (child: ChildProcess): Promise<void> =>
  listenTo(child, bootTime, ({ kind }, done) => {
    if (kind === 'ready') done();
  });

/** Hands everything to the child; resolves when it serves. For as long as there is a channel, it may ask for sockets. */
export async function handTo(
  child: ChildProcess,
  { now, former, estates, socketOf }: Omit<Legacy, 'confirm'>,
): Promise<void> {
  child.on('message', (message: unknown) => {
    const { data } = saidBySuccessor.safeParse(message);
    if (data?.kind !== 'socket') return;
    void socketOf(data.place).then((socket) => child.send({ kind: 'socket' }, socket, ignore));
  });
  const served = listenTo(child, handTime, ({ kind }, done) => {
    if (kind === 'serving') done();
  });
  child.send({ kind: 'estate', version: 1, now, at: shared(), former, estates }, ignore);
  await served;
}

export const tellToLeave = (child: ChildProcess): void => {
  if (child.connected) child.send({ kind: 'leave' }, ignore);
};

/** A child that has gone is noticed by its end. */
const ignore = () => undefined;

type Said = z.infer<typeof saidBySuccessor>;

function listenTo(child: ChildProcess, limit: number, hear: (said: Said, done: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      settle();
    };
    const onError = (error: Error) => end(() => reject(error));
    const onExit = () => onError(new Error('the new router ended'));
    const onMessage = (message: unknown) => {
      const { data } = saidBySuccessor.safeParse(message);
      if (data) hear(data, () => end(resolve));
    };
    const timer = setTimeout(() => onError(new Error(`the new router was not there within ${limit / 1000} s`)), limit);
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
  });
}

/** Receives, in the new process, what the router that started it hands over. */
export async function receiveLegacy(): Promise<Legacy> {
  const given = nextMessage(legacySchema);
  say({ kind: 'ready' });
  const { now, at, former, estates } = (await given).message;
  return {
    ...{ now: Math.floor(now + shared() - at), former, estates },
    async socketOf(place: Place) {
      const answer = nextMessage(socketSchema);
      say({ kind: 'socket', place });
      return (await answer).socket;
    },
    confirm: () => say({ kind: 'serving' }),
  };
}

/** Resolves, in a worker, when it is told to leave, or nobody is left who could. */
export const toldToLeave = (): Promise<unknown> => nextMessage(leaveSchema).catch(() => undefined);

function say(message: z.input<typeof saidBySuccessor>): void {
  process.send?.(message);
}

function nextMessage<T>(schema: z.ZodType<T>): Promise<{ message: T; socket: Server | undefined }> {
  return new Promise((resolve, reject) => {
    const end = () => process.off('message', onMessage).off('disconnect', onGone);
    const onMessage = (message: unknown, handle: unknown) => {
      const { data } = schema.safeParse(message);
      if (data === undefined) return;
      end();
      resolve({ message: data, socket: handle instanceof Server ? handle : undefined });
    };
    const onGone = () => {
      end();
      reject(new Error('the router that has started this one is gone'));
    };
    process.on('message', onMessage).on('disconnect', onGone);
  });
}
