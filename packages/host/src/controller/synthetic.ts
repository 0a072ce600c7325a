import type { Plan, Scenario, SyntheticTraffic } from '@sluice/core';
import { Pool } from 'undici';
import { urlOf } from '../address';
import { syntheticHeader } from '../router/headers';

const mostInFlight = 64;

/** Requests of the tool's own through the router, while a step is watched, at a steady rate. Answers are thrown away. */
export function createSyntheticTraffic(token: string): SyntheticTraffic {
  let current: { key: string; stop: () => void } | null = null;
  return {
    keep(plan) {
      const wanted = plan?.synthetic ? { plan, settings: plan.synthetic } : null;
      const key = wanted ? JSON.stringify([wanted.plan.host, wanted.plan.port, wanted.settings]) : null;
      if (current?.key === key) return;
      current?.stop();
      current = wanted && key ? { key, stop: send(wanted.plan, wanted.settings, token) } : null;
    },
  };
}

function send(plan: Plan, { rate, requests }: NonNullable<Plan['synthetic']>, token: string): () => void {
  const pool = new Pool(urlOf(plan), { connections: mostInFlight, pipelining: 1 });
  const began = performance.now();
  let sent = 0;
  let inFlight = 0;

  async function one({ path, method, headers, body }: Scenario): Promise<void> {
    inFlight += 1;
    try {
      const response = await pool.request({
        path,
        method,
        headers: { ...headers, [syntheticHeader]: token },
        body: body ?? null,
      });
      await response.body.dump();
    } catch {
      // what went wrong is counted by the router, or there is no router: then there is no data, which is never a pass
    } finally {
      inFlight -= 1;
    }
  }

  const timer = setInterval(
    () => {
      const due = Math.floor(((performance.now() - began) / 1000) * rate);
      for (; sent < due; sent++) {
        // drawn at random: in turn they would keep step with the router's even split, and a slot get always the same one
        const request = requests[Math.floor(Math.random() * requests.length)];
        if (request && inFlight < mostInFlight) void one(request);
      }
    },
    Math.max(5, 1000 / rate),
  );
  return () => {
    clearInterval(timer);
    void pool.destroy();
  };
}
