const isUtf16 = ([first, second]: Uint8Array) =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first === 0 || second === 0;

/** What a file is by its first bytes, where it is no UTF-8 text at all; undefined where it may be. */
export function foreignFormat(start: Uint8Array): string | undefined {
  if (start.length < 2) return undefined;
  if (isUtf16(start)) return 'it is UTF-16 text; save the file as UTF-8';
  if (start[0] === 0x1f && start[1] === 0x8b) return 'it is compressed (gzip); unpack the file first';
  if (start[0] === 0x50 && start[1] === 0x4b && start[2] === 0x03) {
    return 'it is a ZIP archive or a spreadsheet; give the text in it, such as CSV in UTF-8';
  }
  return undefined;
}

/** A byte order mark stays the character that it is; undefined where the bytes are not UTF-8. */
export function decodedUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
