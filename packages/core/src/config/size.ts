const unit: Record<string, number> = { KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** `"512MB"` in bytes, with 1024 of each unit in the next; `null` for any other text. */
export function parseSize(text: string): number | null {
  const [, amount, name = ''] = /^(\d+(?:\.\d+)?)(KB|MB|GB)$/.exec(text) ?? [];
  return amount === undefined ? null : Math.round(Number(amount) * (unit[name] ?? Number.NaN));
}

/** `536870912` -> `512MB`: rounded, for people. */
export function formatSize(bytes: number): string {
  const [name, size] = bytes >= 1024 ** 3 ? ['GB', 1024 ** 3] : bytes >= 1024 ** 2 ? ['MB', 1024 ** 2] : ['KB', 1024];
  return `${Number((bytes / size).toFixed(1))}${name}`;
}
