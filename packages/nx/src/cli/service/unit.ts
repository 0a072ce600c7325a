import { againExit } from '@sluice/host/client';

export interface UnitSubject {
  /** The main checkout. */
  root: string;
  /** The program of Node, and the controller's main file. */
  node: string;
  controller: string;
  /** The PATH of whoever installs it: systemd's own knows no Node of a version manager, which services are started with. */
  path: string;
}

/**
 * A unit of systemd that keeps a controller running from boot on.
 *
 * - A host that was started by a target has the socket; then this controller ends with an error, and is started again to see
 *   whether that one is gone. So there is no limit of starts.
 * - `on-failure`: one that was killed or has crashed is started again. One that ends with 0 found nothing live, and so does
 *   one that is started then (`--unless-idle`): an idle host must not come back behind the back of whoever ended it. The
 *   next target that starts a host wakes the unit.
 * - A controller that is told to end for another one says so by an exit status of its own, and stands by after that.
 * - Router and instances belong to the unit's control group, but outlive its main process: `KillMode=process`. The next
 *   controller, whoever starts it, adopts them.
 * - An instance that runs out of memory is the supervisor's to start again, and no reason to stop the unit.
 */
export const unitText = ({ root, node, controller, path }: UnitSubject): string => `[Unit]
Description=Sluice host of ${literal(root)}
StartLimitIntervalSec=0

[Service]
Type=simple
ExecStart=${[node, controller, '--root', root, '--unless-idle'].map(argument).join(' ')}
WorkingDirectory=${literal(root)}
Environment=${quoted(literal(`PATH=${path}`))}
StandardOutput=append:${literal(root)}/.sluice/host/controller.log
StandardError=inherit
Restart=on-failure
RestartSec=30
RestartForceExitStatus=${againExit}
SuccessExitStatus=${againExit}
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
