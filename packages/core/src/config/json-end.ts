const blank = /[ \t\n\r]*/y;
const word = /true|false|null/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const string = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy;

/**
 * How far a text is JSON: the index of the first part that does not fit, or the length of the text. What the engine itself
 * says of it differs from version to version, and has no place for many mistakes.
 */
export function whereJsonEnds(text: string): number {
  let at = 0;

  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const token = (pattern: RegExp): boolean => take(pattern) && take(blank);
  const members = (member: () => boolean, close: RegExp): boolean => {
    if (token(close)) return true;
    while (member()) if (!token(/,/y)) return token(close);
    return false;
  };
  const member = (): boolean => token(string) && token(/:/y) && value();
  const value = (): boolean => {
    if (token(/\{/y)) return members(member, /\}/y);
    if (token(/\[/y)) return members(value, /\]/y);
    return token(string) || token(number) || token(word);
  };

  take(blank);
  value();
  return at;
}
