import * as z from '../zod';
import { readObject } from './json-object';

/** What a coding agent told its hook, and in which words it wants the answer. */
export interface HookCall {
  /** `tool`: a tool has been used. */
  event: 'prompt' | 'tool';
  session: string | null;
  /** The answer that adds a text to what the agent reads; for standard output. */
  answer(text: string): string;
}

const callSchema = z.looseObject({
  hook_event_name: z.string().optional(),
  session_id: z.string().optional(),
});

/**
 * Understands three callers: one that names its `hook_event_name` gets `hookSpecificOutput.additionalContext`, one that sends a
 * `message` gets `injectedText`, and any other, such as one that sends a `prompt` or nothing, plain text.
 */
export function readHookCall(input: string): HookCall {
  const object = readObject(input);
  const parsed = callSchema.safeParse(typeof object === 'string' ? {} : object);
  const { hook_event_name: name, session_id: session = null } = parsed.success ? parsed.data : {};
  const isTool = name === undefined ? typeof object !== 'string' && 'tool_name' in object : /tool/i.test(name);
  const event = isTool ? 'tool' : 'prompt';
  const isMessage = typeof object !== 'string' && 'message' in object && !('prompt' in object);
  const answer = (text: string): string =>
    name !== undefined
      ? JSON.stringify({ hookSpecificOutput: { hookEventName: name, additionalContext: text } })
      : isMessage
        ? JSON.stringify({ injectedText: text })
        : text;
  return { event, session, answer };
}
