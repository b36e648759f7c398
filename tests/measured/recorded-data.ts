import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** Recorded responses and what is true of them: no part of the project. RATCHET_DATA says where they are. */
const folder = process.env['RATCHET_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

export function hasData(name: string): boolean {
  return existsSync(`${folder}/${name}`);
}

export function pathOfData(name: string): string {
  return `${folder}/${name}`;
}

export function readLines<Line>(name: string): Line[] {
  return readText(name)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));
}

/** A table of plain cells: the files have no quotes in them. */
export function readTable(name: string): Record<string, string>[] {
  const [head = '', ...rows] = readText(name).trim().split(/\r?\n/);
  const columns = head.split(',');
  return rows.map((row) => {
    const cells = row.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
  });
}

export function readText(name: string): string {
  const bytes = readFileSync(`${folder}/${name}`);
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}
