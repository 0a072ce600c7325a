import { readObject } from './json-object';

/** What a coding agent told its hook, and in which words it wants the answer. */
export interface HookCall {
  /** `tool`: a tool has been used. */
  event: 'prompt' | 'tool';
  session: string | null;
  /** The answer that adds a text to what the agent reads; for standard output. */
  answer(text: string): string;
}

/**
 * Understands three callers: one that names its `hook_event_name` gets `hookSpecificOutput.additionalContext`, one that sends a
 * `message` gets `injectedText`, and any other, such as one that sends a `prompt` or nothing, plain text.
 */
export function readHookCall(input: string): HookCall {
  const read = readObject(input);
  const object = typeof read === 'string' ? {} : read;
  const [name, session] = [textIn(object, 'hook_event_name'), textIn(object, 'session_id')];
  const isTool = name === null ? 'tool_name' in object : /tool/i.test(name);
  const event = isTool ? 'tool' : 'prompt';
  const isMessage = 'message' in object && !('prompt' in object);
  const answer = (text: string): string =>
    name !== null
      ? JSON.stringify({ hookSpecificOutput: { hookEventName: name, additionalContext: text } })
      : isMessage
        ? JSON.stringify({ injectedText: text })
        : text;
  return { event, session, answer };
}

// not by zod, whose loading takes longer than all else that the hook does
function textIn(object: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = object[key];
  return typeof value === 'string' ? value : null;
}
