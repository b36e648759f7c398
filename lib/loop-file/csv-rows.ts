import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { suggestion } from './describe-problems.ts';
import { parsedJson, type Row } from './json-rows.ts';
import { LINE_LIMIT, LINE_LIMIT_BYTES, type TextLine, textLines } from './text-lines.ts';

const columns = ['prompt', 'system', 'id', 'reference', 'tags', 'checks'];

/**
 * The rows of a CSV file (RFC 4180) as objects in the short form of a prompt. The first row names the columns, and the
 * first `,`, `;` or tab in it is the delimiter of the file. An empty field is none; an empty row is skipped. After a mistake
 * in the quoting nothing can be known of the rows below, and the file ends there.
 */
export async function* csvRows(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Row> {
  let header: readonly string[] | undefined;
  for await (const record of csvRecords(chunks)) {
    const { line } = record;
    if ('problem' in record) yield { line, problem: record.problem };
    else if (isEmpty(record.fields)) continue;
    else if (header) yield { line, ...objectOf(record.fields, header, line) };
    else {
      header = record.fields.map((name) => name.trim());
      const problems = problemsOfHeader(header);
      for (const problem of problems) yield { line, problem: `line ${line}: ${problem}` };
      if (problems.length > 0) return;
    }
  }
}

type CsvRecord = { readonly line: number } & ({ readonly fields: readonly string[] } | { readonly problem: string });

async function* csvRecords(chunks: AsyncIterable<Uint8Array>): AsyncIterable<CsvRecord> {
  const lines = textLines(chunks)[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) return;
  const header = 'text' in first.value ? first.value.text : '';
  // The parser is ahead of what comes out of it, and what it has read is lost with its error.
  let [parsing, line] = [1, 1];
  const options = {
    delimiter: /[,;\t]/.exec(header)?.[0] ?? ',',
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    max_record_size: LINE_LIMIT_BYTES,
    // Of the stream beneath, so that it holds one row and not sixteen.
    readableHighWaterMark: 1,
    on_record(fields: string[]) {
      parsing += linesOf(fields);
      return fields;
    },
  };
  const parser = parse(options);
  const unreadable: CsvRecord[] = [];
  pipeline(Readable.from(textOf(first.value, lines, unreadable)), parser, () => undefined);

  try {
    for await (const fields of parser as AsyncIterable<string[]>) {
      yield { line, fields };
      line += linesOf(fields);
    }
  } catch (error) {
    // What the parser says of a row that was torn by an unreadable line is no news.
    if (unreadable.length === 0) unreadable.push({ line: parsing, problem: `line ${parsing}: ${faultOf(error)}` });
  }
  yield* unreadable;
}

/** The text up to the first line that can't be read. */
async function* textOf(first: TextLine, more: AsyncIterator<TextLine>, unreadable: CsvRecord[]): AsyncIterable<string> {
  async function* all() {
    yield first;
    yield* { [Symbol.asyncIterator]: () => more };
  }
  for await (const line of all()) {
    if ('problem' in line) {
      unreadable.push({ line: line.number, problem: line.problem });
      return;
    }
    yield `${line.text}\n`;
  }
}

function linesOf(fields: readonly string[]): number {
  return fields.reduce((sum, field) => sum + field.split('\n').length - 1, 1);
}

/** By code: what the package says speaks of its options, and counts a line end of Windows in quotes as two. */
function faultOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'the row that begins here has a quote (") that is never closed; close it';
    case 'CSV_MAX_RECORD_SIZE':
      return `the row that begins here is longer than ${LINE_LIMIT}; is a quote (") not closed?`;
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return 'the row that begins here has a quote (") in the middle of a field; put the whole field in quotes and write each quote within it twice ("")';
    default:
      throw error;
  }
}

function isEmpty(fields: readonly string[]): boolean {
  return fields.every((field) => field.trim() === '');
}

function problemsOfHeader(names: readonly string[]): string[] {
  const problems = names.flatMap((name, index) => {
    if (!columns.includes(name)) return [`unknown column ${JSON.stringify(name)}; ${suggestion(name, columns)}`];
    return names.indexOf(name) < index ? [`the column "${name}" stands twice; keep one`] : [];
  });
  const isMissing = problems.length === 0 && !names.includes('prompt');
  return isMissing ? ['there is no column "prompt"; name the columns in the first row'] : problems;
}

function objectOf(
  fields: readonly string[],
  header: readonly string[],
  line: number,
): { value: object } | { problem: string } {
  if (fields.length !== header.length) {
    const remedy = 'put a field with the delimiter, a quote or a line break in it in quotes';
    return { problem: `line ${line}: it has ${fields.length} fields and the first row ${header.length}; ${remedy}` };
  }
  const cells = Object.fromEntries(header.map((name, index) => [name, fields[index] ?? '']));
  const { prompt, tags = '', checks = '', ...others } = cells;
  const given = Object.fromEntries(Object.entries(others).filter(([, cell]) => cell !== ''));
  const value = { prompt, ...given, ...(tags === '' ? {} : { tags: tagsIn(tags) }) };
  if (checks.trim() === '') return { value };
  const parsed = parsedJson(checks);
  if ('value' in parsed) return { value: { ...value, checks: parsed.value } };
  const example = '"[{""kind"": ""words"", ""max"": 60}]"';
  return { problem: `checks (line ${line}): it is not JSON (${parsed.fault}); write a list such as ${example}` };
}

function tagsIn(cell: string): string[] {
  return cell
    .split(';')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}
