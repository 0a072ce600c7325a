import { createClock } from './clock';
import { createCompany } from './company';
import { prepareFarewell } from './farewell';
import { toldToLeave, type Legacy } from './handover';
import { defaultLimits } from './limits';
import type { Router } from './router';
import { staggered } from './stagger';
import { createTable } from './table';

/** Begins so much ahead of the router's clock that a bucket that has closed there has closed here, too. */
const lead = 2;

/** Serves beside the router that has started this process, until that one is gone or lets this one go. */
export async function startWorker(
  dir: string,
  socket: string,
  { now, estates, socketOf, confirm }: Legacy,
  { index, processes }: { index: number; processes: number },
): Promise<Pick<Router, 'close' | 'left'>> {
  const clock = createClock(Date.now, () => performance.now(), now + lead);
  const begin = staggered(index, processes);
  const table = createTable(dir, clock, defaultLimits, { socketOf, begin });
  const company = createCompany(table, defaultLimits);
  const farewell = await prepareFarewell(company, clock, socket);
  await table.inherit(
    estates.map((estate) => ({ ...estate, credits: begin(estate.route.slots.map(({ weight }) => weight)) })),
    socketOf,
  );
  farewell.open();
  const left = toldToLeave().then(() => farewell.after(table.leave()));
  confirm();
  return {
    left,
    async close() {
      await table.close();
      await farewell.close();
    },
  };
}
