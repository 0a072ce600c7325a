/**
 * All that Sluice uses of zod. Named one by one, so that the bundle holds these and not zod's forty languages, whose
 * loading took longer than most commands. See docs/adr/0010-what-a-command-loads.md.
 */
export {
  array,
  boolean,
  coerce,
  custom,
  discriminatedUnion,
  enum,
  int,
  iso,
  json,
  literal,
  looseObject,
  number,
  object,
  prettifyError,
  record,
  strictObject,
  string,
  toJSONSchema,
  tuple,
  union,
  unknown,
  ZodError,
} from 'zod';
export type { core, infer, input, output, ZodObject, ZodType } from 'zod';
