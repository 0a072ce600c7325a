import { sluiceError, z } from '@sluice/core';
import { isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml';

/** What a Compose file describes, without the services that are the app. */
export interface Definition {
  /** For Compose: everything resolved, paths absolute. It may hold secrets. */
  text: string;
  services: DescribedService[];
}

export interface DescribedService {
  name: string;
  /** How many containers. */
  replicas: number;
  /** Whether its image is built here. */
  isBuilt: boolean;
}

/** Every value is text: see `readDefinition`. */
const count = z.coerce.number().int().min(0);
const schema = z.looseObject({
  services: z.record(
    z.string(),
    z.looseObject({
      build: z.unknown().optional(),
      scale: count.optional(),
      deploy: z.looseObject({ replicas: count.optional() }).optional(),
      profiles: z.array(z.string()).default([]),
    }),
  ),
});

export interface DefinitionRequest {
  /** The file, for people. */
  file: string;
  /** The names of the services that are the app. */
  app: readonly string[];
  /** The profiles that are on; `null` where only services of these are printed. */
  profiles: readonly string[] | null;
}

/**
 * Reads what `compose config` printed and takes the app's services out of it, also where others depend on them. All plain values
 * are kept as the text that they are (YAML's failsafe schema), so that what Compose reads again is what it wrote. Throws
 * `COMPOSE_INVALID`.
 */
export function readDefinition(text: string, { file, app, profiles }: DefinitionRequest): Definition {
  const invalid = (problem: string) => sluiceError('COMPOSE_INVALID', { file, problem });
  const document = parseDocument(text, { schema: 'failsafe' });
  const parsed = document.errors.length > 0 ? null : schema.safeParse(document.toJS());
  if (!parsed?.success) throw invalid('what Compose makes of it is no description of services.');
  const all = Object.entries(parsed.data.services);
  const unknown = app.find((name) => !all.some(([known]) => known === name));
  if (unknown !== undefined) {
    const known = all.map(([name]) => name).join(', ');
    throw invalid(`infra.compose.app names "${unknown}", and its services are ${known}.`);
  }
  for (const name of app) {
    const user = leaveOut(
      document,
      name,
      all.map(([other]) => other).filter((other) => !app.includes(other)),
    );
    if (user !== null) throw invalid(`"${user}" shares network, processes or volumes of "${name}", which is the app.`);
  }
  const isOn = (wanted: readonly string[]) =>
    profiles === null || wanted.length === 0 || wanted.some((profile) => profiles.includes(profile));
  return {
    text: document.toString({ lineWidth: 0 }),
    services: all
      .filter(([name, service]) => !app.includes(name) && isOn(service.profiles))
      .map(([name, { build, scale, deploy }]) => ({
        ...{ name, replicas: scale ?? deploy?.replicas ?? 1, isBuilt: build !== undefined },
      })),
  };
}

/** Gives the service that can't do without it, else `null`. */
function leaveOut(document: Document, app: string, others: readonly string[]): string | null {
  document.deleteIn(['services', app]);
  for (const other of others) {
    const at = (key: string): unknown => document.getIn(['services', other, key], true);
    if (['network_mode', 'net', 'pid', 'ipc'].some((key) => textOf(at(key)) === `service:${app}`)) return other;
    const volumes = at('volumes_from');
    if (isSeq(volumes) && volumes.items.some((item) => firstPart(textOf(item)) === app)) return other;
    for (const key of ['depends_on', 'links']) {
      const list = at(key);
      if (isSeq(list)) list.items = list.items.filter((item) => firstPart(textOf(item)) !== app);
      if (isMap(list)) list.delete(app);
      if ((isSeq(list) || isMap(list)) && list.items.length === 0) document.deleteIn(['services', other, key]);
    }
  }
  return null;
}

const textOf = (node: unknown): string => (isScalar(node) ? String(node.value) : '');
/** `web:alias`, `web:ro` */
const firstPart = (text: string): string => text.split(':')[0] ?? '';
