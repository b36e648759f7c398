const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the path and the directory that you are in',
  ENOTDIR: 'there is no such file; a part of the path is a file and not a directory',
  EISDIR: 'this is a directory; name the file in it',
  EACCES: 'this user may not read it; give it read permission',
  EPERM: 'this user may not read it; give it read permission',
  ENAMETOOLONG: 'the path is too long for the file system; check it',
  ERR_INVALID_ARG_VALUE: 'this is not a path; check it',
};

/** Why the user's file can't be read, and what to do; undefined where it's no failure of reading a file. */
export function fileProblem(error: unknown): string | undefined {
  // By shape: errors of Node's own modules are no `instanceof Error` where the code runs in a context of its own.
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return undefined;
  return sentences[code] ?? `it can't be read (${code}); check the disk`;
}
