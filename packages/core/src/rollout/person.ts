/** Who acts, as `identityOf` writes it: `Dana <dana@example.org>`, `dana (CI)`, `dana`. */
interface Person {
  name: string;
  address: string | null;
}

function personOf(by: string): Person {
  const text = by.normalize('NFC').trim().toLowerCase();
  const [, name = text, address = null] = /^(.*?)\s*<([^<>]+)>$/.exec(text) ?? [];
  return { name: name.replace(/\s*\(ci\)$/, ''), address };
}

/** One with an address is known by it alone: names may be alike, and be written in two ways. */
export function isSamePerson(a: string, b: string): boolean {
  const [one, other] = [personOf(a), personOf(b)];
  return one.address !== null && other.address !== null ? one.address === other.address : one.name === other.name;
}

/** Whether somebody is meant by a name, an address, a login, or all of it as it is written. */
export function isNamed(by: string, named: string): boolean {
  const [{ name, address }, wanted] = [personOf(by), personOf(named)];
  if (wanted.address !== null) return address === wanted.address;
  return wanted.name === name || wanted.name === address;
}
