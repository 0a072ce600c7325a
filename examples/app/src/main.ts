import { createApp } from './app';
import { readSettings } from './settings';
import { realWorld } from './world';

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const app = createApp(settings, realWorld);
  const port = await app.listen();
  await app.connect();

  const stop = () => {
    console.log('stopping: the requests in flight get their answers');
    app.stop().then(() => process.exit(0), fail);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  console.log(`release ${settings.release} is ready on port ${port}`);
}

function fail(error: unknown): never {
  console.error(`cannot run: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

main().catch(fail);
