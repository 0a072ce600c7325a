import { createHash } from 'node:crypto';
import { basename } from 'node:path';

export interface UnitSubject {
  /** The main checkout. */
  root: string;
  /** The program of Node, and the controller's main file. */
  node: string;
  controller: string;
  /** The PATH of whoever installs it: systemd's own knows no Node of a version manager, which services are started with. */
  path: string;
}

/** One unit a repository: its folder's name is for people, the digest of its path tells two of one name apart. */
export function unitName(root: string): string {
  const name = basename(root).replace(/[^A-Za-z0-9_.-]/g, '-');
  return `sluice-${name}-${createHash('sha256').update(root).digest('hex').slice(0, 8)}.service`;
}

/**
 * A unit of systemd that keeps a controller running from boot on.
 *
 * - A host that was started by a target has the socket; then this controller ends with an error, and is started again to see
 *   whether that one is gone. So there is no limit of starts.
 * - Router and instances belong to the unit's control group, but outlive its main process: `KillMode=process`. The next
 *   controller, whoever starts it, adopts them.
 * - An instance that runs out of memory is the supervisor's to start again, and no reason to stop the unit.
 */
export const unitText = ({ root, node, controller, path }: UnitSubject): string => `[Unit]
Description=Sluice host of ${literal(root)}
StartLimitIntervalSec=0

[Service]
Type=simple
ExecStart=${[node, controller, '--root', root].map(argument).join(' ')}
WorkingDirectory=${literal(root)}
Environment=${quoted(literal(`PATH=${path}`))}
StandardOutput=append:${literal(root)}/.sluice/host/controller.log
StandardError=inherit
Restart=always
RestartSec=30
KillMode=process
TimeoutStopSec=30
OOMPolicy=continue

[Install]
WantedBy=default.target
`;

/** systemd replaces what stands after a per cent sign. */
const literal = (text: string): string => text.replaceAll('%', '%%');
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;
/** In a command it also replaces variables. */
const argument = (text: string): string => quoted(literal(text).replaceAll('$', '$$$$'));
