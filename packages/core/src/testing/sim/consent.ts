import { seededRandom } from '../random';
import { chance, oneOf, whole, type Draw } from './draw';
import { minute, type Scenario, type Settings, type Wish } from './scenario';

/** Who wants and who agrees: `dana` begins every deployment. */
export const people = ['dana', 'erin', 'frank', 'Erin <erin@example.org>'] as const;

/** Whose approval is asked for, and when nothing may go on: in one of six scenarios. A draw of its own leaves the others as they are. */
export function withConsent(scenario: Scenario): Scenario {
  const draw = seededRandom(scenario.seed, 0xa9);
  if (scenario.hasTwin || !chance(draw, 0.16)) return scenario;
  const acts = scenario.acts.map((wish): Wish =>
    wish.want === 'deploy' ? { ...wish, settings: { ...wish.settings, ...drawConsent(draw) } } : wish,
  );
  const words = Array.from({ length: whole(draw, 0, 8) }, () => drawWord(draw, whole(draw, 0, 14 * minute)));
  return { ...scenario, acts: [...acts, ...words].sort((a, b) => a.after - b.after) };
}

/** What a configuration may ask for. */
export function drawConsent(draw: Draw): Pick<Settings, 'approvals' | 'freeze'> {
  const stages = oneOf(draw, [['canary'], ['production'], ['production'], ['canary', 'production'], []] as const);
  const approvals = stages.map((before) => ({
    ...{ before, by: whole(draw, 1, 2), ttl: oneOf(draw, [2, 5, 60]) * minute },
    ...(chance(draw, 0.3) ? { from: ['erin', 'Frank', 'erin@example.org'] } : {}),
  }));
  const freeze = Array.from({ length: chance(draw, 0.5) ? whole(draw, 1, 2) : 0 }, () => {
    const from = whole(draw, -2, 10) * minute;
    return { from, to: from + whole(draw, 1, 8) * minute, reason: 'holidays' };
  });
  return { approvals, freeze };
}

const agreed = ['approve', 'approve', 'approve', 'approve'] as const;

function drawWord(draw: Draw, after: number): Wish {
  const release = chance(draw, 0.85) ? 'next' : 'third';
  const before = oneOf(draw, ['canary', 'production', 'production'] as const);
  const want = oneOf(draw, [...agreed, 'reject', 'lift the freeze', 'lift the freeze'] as const);
  switch (want) {
    case 'approve':
      return { after, want, release, before, by: oneOf(draw, people) };
    case 'reject':
      return { after, want, release };
    case 'lift the freeze':
      return { after, want, lasts: whole(draw, 1, 5) * minute };
  }
}
