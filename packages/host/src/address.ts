/** The URL of a place that listens: an address of IPv6 in brackets, and one that means "everywhere" as this machine's own. */
export function urlOf({ host, port }: { host: string; port: number }): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}
