import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const project = new URL('../..', import.meta.url).pathname;
const FOLDERS = ['agent', 'collector', 'dashboards', 'deploy', 'test'];

// A default export is a sampler's or a store's declaration, whose `summary` is its sentence.
const EXPORT = /^export (?:abstract |async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/;

test('every export has a doc comment in front of it', () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(project + folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  ).filter((path) => path.endsWith('.ts') && !/\.(test|gen)\.ts$|node_modules/.test(path));
  expect(files.length).toBeGreaterThan(150);
  expect(files.flatMap(undocumented)).toEqual([]);
});

function undocumented(path: string): readonly string[] {
  const lines = readFileSync(project + path, 'utf8').split('\n');
  return lines.flatMap((line, at) => {
    const [, name] = EXPORT.exec(line) ?? [];
    return name === undefined || lines[at - 1]?.trimEnd().endsWith('*/') === true ? [] : [`${path}:${at + 1} ${name}`];
  });
}
