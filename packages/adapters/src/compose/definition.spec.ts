import { parse } from 'yaml';
import { readDefinition } from './definition';

const read = (text: string, app: string[] = [], profiles: string[] | null = null) =>
  readDefinition(text, { file: 'compose.yaml', app, profiles });

const text = `services:
  db:
    deploy:
      replicas: 2
    environment:
      A: 1e3
      B: "yes"
      C: '0123'
      D: $$HOME
    image: postgres:17
  proxy:
    build: {context: /srv}
    depends_on:
      web:
        condition: service_started
    links: ['web:app', db]
  tools:
    image: tools:1
    profiles: [debug]
  web:
    build: {context: /app}
`;

describe('what a Compose file describes', () => {
  it('is its services, without the app', () => {
    expect(read(text, ['web']).services).toEqual([
      { name: 'db', replicas: 2, isBuilt: false },
      { name: 'proxy', replicas: 1, isBuilt: true },
      { name: 'tools', replicas: 1, isBuilt: false },
    ]);
  });

  it('leaves the app out where others depend on it', () => {
    const made = parse(read(text, ['web']).text) as { services: Record<string, object> };
    expect(Object.keys(made.services)).toEqual(['db', 'proxy', 'tools']);
    expect(made.services['proxy']).toEqual({ build: { context: '/srv' }, links: ['db'] });
  });

  it('keeps every value as it was written: none becomes a number or a word of another kind', () => {
    const made = read(text, ['web']).text;
    for (const line of ['A: 1e3', 'B: "yes"', "C: '0123'", 'D: $$HOME', 'replicas: 2']) expect(made).toContain(line);
  });

  it('leaves out what is behind a profile that is off', () => {
    const names = (profiles: string[]) => read(text, ['web'], profiles).services.map(({ name }) => name);
    expect(names([])).toEqual(['db', 'proxy']);
    expect(names(['debug'])).toEqual(['db', 'proxy', 'tools']);
  });

  it.each([
    [
      'has no such service as the app',
      text,
      ['api'],
      'infra.compose.app names "api", and its services are db, proxy, tools, web.',
    ],
    [
      'has a service that lives in the network of the app',
      'services: {web: {image: a}, side: {image: b, network_mode: "service:web"}}',
      ['web'],
      '"side" shares network, processes or volumes of "web", which is the app.',
    ],
    [
      'has a service that takes the volumes of the app',
      'services: {web: {image: a}, side: {image: b, volumes_from: ["web:ro"]}}',
      ['web'],
      '"side" shares network, processes or volumes of "web", which is the app.',
    ],
    ['is rubbish', 'Segmentation fault', [], 'what Compose makes of it is no description of services.'],
    ['is nothing', '', [], 'what Compose makes of it is no description of services.'],
    ['is no YAML', '{]', [], 'what Compose makes of it is no description of services.'],
    [
      'has a number of containers that is none',
      'services: {web: {scale: many}}',
      [],
      'what Compose makes of it is no description of services.',
    ],
  ])('is refused where it %s', (_, given, app, problem) => {
    expect(() => read(given, app)).toThrow(expect.objectContaining({ code: 'COMPOSE_INVALID' }) as Error);
    expect(() => read(given, app)).toThrow(problem);
  });
});
