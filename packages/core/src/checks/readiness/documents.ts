/** What people must find when something goes wrong, or wants to be understood. */
export const documentNames = ['readme', 'runbook', 'changelog', 'alerts'] as const;
export type DocumentName = (typeof documentNames)[number];

const inProject: Record<DocumentName, readonly string[]> = {
  readme: ['README.md', 'README'],
  runbook: ['RUNBOOK.md', 'docs/RUNBOOK.md'],
  changelog: ['CHANGELOG.md'],
  alerts: ['alerts.yml', 'alerts.yaml', 'monitoring/alerts.yml', 'monitoring/alerts.yaml'],
};
/** A README of the workspace says nothing of one service, nor do alerts of nobody knows which. */
const shared: Record<DocumentName, readonly string[]> = {
  readme: [],
  runbook: ['RUNBOOK.md', 'docs/RUNBOOK.md'],
  changelog: ['CHANGELOG.md'],
  alerts: [],
};

/** Where each is looked for, from the workspace root, the likeliest first; capitals do not matter. A named place is the only one. */
export function documentPlaces(
  projectRoot: string,
  named: Readonly<Partial<Record<DocumentName, string | undefined>>>,
): Record<DocumentName, readonly string[]> {
  const placesOf = (name: DocumentName): readonly string[] => {
    const own = named[name];
    if (own !== undefined) return [own];
    if (projectRoot === '.') return inProject[name];
    return [...inProject[name].map((place) => `${projectRoot}/${place}`), ...shared[name]];
  };
  return {
    readme: placesOf('readme'),
    runbook: placesOf('runbook'),
    changelog: placesOf('changelog'),
    alerts: placesOf('alerts'),
  };
}

/** The first of the places among these files, as the file is spelt; `null` where none is. */
export function findDocument(places: readonly string[], files: readonly string[]): string | null {
  const known = new Map(files.map((file) => [file.toLowerCase(), file]));
  return places.map((place) => known.get(place.toLowerCase())).find((file) => file !== undefined) ?? null;
}
