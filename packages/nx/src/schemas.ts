import { acts, fileSchema, pipeline, z, type ActName, type StageName } from '@sluice/core';
import { actTitles } from './inference/acts';
import { actOptions, stageOptions } from './options';

/**
 * The JSON files that Nx and editors read, by path from the package's folder: made from the tables and zod schemas, and
 * committed, so that a change of one shows in review. `node packages/nx/scripts/write-schemas.mjs` writes them.
 */
export function generatedFiles(): Record<string, object> {
  const executors = [...pipeline.map(stageExecutor), ...acts.map(actExecutor)];
  return {
    'executors.json': {
      $schema: 'http://json-schema.org/schema',
      executors: Object.fromEntries(executors.map(({ name, description }) => [name, entryOf(name, description)])),
    },
    'generators.json': {
      $schema: 'http://json-schema.org/schema',
      generators: {
        agent: {
          factory: './dist/generators/agent/generator.js',
          schema: './dist/generators/agent/schema.json',
          description: agentTitle,
        },
      },
    },
    'src/generators/agent/schema.json': {
      ...jsonSchema(z.strictObject({})),
      $id: 'sluice-agent',
      title: '@sluice/nx:agent',
      description: agentTitle,
    },
    'sluice.schema.json': { ...jsonSchema(fileSchema), title: 'sluice.json' },
    ...Object.fromEntries(executors.map((row) => [`src/executors/${row.name}/schema.json`, optionsSchema(row)])),
  };
}

const agentTitle = 'Hook and skill by which coding agents deploy when phase 5 has handed over';

interface Executor {
  name: StageName | ActName;
  description: string;
  options: z.ZodType;
}

const stageExecutor = ({ name, title }: (typeof pipeline)[number]): Executor => ({
  name,
  description: title,
  options: stageOptions[name],
});

const actExecutor = (name: ActName): Executor => ({ name, description: actTitles[name], options: actOptions[name] });

/** The extension keeps Nx from taking TypeScript sources for it where the plugin is a project of the workspace. */
const entryOf = (name: string, description: string): object => ({
  implementation: `./dist/executors/${name}/executor.js`,
  schema: `./dist/executors/${name}/schema.json`,
  description,
});

const optionsSchema = ({ name, description, options }: Executor): object => ({
  ...jsonSchema(options),
  version: 2,
  title: `@sluice/nx:${name}`,
  description,
});

const jsonSchema = (schema: z.ZodType): object => z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
