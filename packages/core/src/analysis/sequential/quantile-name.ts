/** `p95`, `p99.9` */
export const quantileName = (part: number): string => `p${Number((part * 100).toFixed(3))}`;
