import { aWorld, deploy, aPlan } from './testing';
it('x', async () => {
  for (let i = 0; i < 3; i++) {
    const t = process.cpuUsage();
    const world = aWorld();
    const e = await deploy(world, aPlan());
    console.log(
      e.shares,
      e.state.rollout?.outcome,
      world.violations,
      e.audit.map((a) => `${(a.at - world.initial.sequence) / 1000} ${a.what} ${a.detail}`),
      performance.now() - t,
      world.clock.waiting(),
    );
  }
});
