/**
 * Coefficients c with the least squares of `rows · c − values`, by the normal equations. Throws where the rows do not tell
 * the coefficients apart.
 */
export function leastSquares(rows: readonly (readonly number[])[], values: readonly number[]): number[] {
  const size = rows[0]?.length ?? 0;
  const at = (row: readonly number[], column: number) => row[column] ?? 0;
  const matrix = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => rows.reduce((sum, row) => sum + at(row, i) * at(row, j), 0)),
    rows.reduce((sum, row, index) => sum + at(row, i) * at(values, index), 0),
  ]);
  for (let column = 0; column < size; column++) eliminate(matrix, column);
  return matrix.map((row) => at(row, size));
}

/** Gauss and Jordan, with the largest pivot. */
function eliminate(matrix: number[][], column: number): void {
  const rest = matrix.slice(column);
  const pivot = rest.reduce((best, row) => (Math.abs(row[column] ?? 0) > Math.abs(best[column] ?? 0) ? row : best));
  const divisor = pivot[column] ?? 0;
  if (Math.abs(divisor) < 1e-9) throw new Error('These runs do not tell the parts of the cost apart.');
  matrix.splice(matrix.indexOf(pivot), 1);
  const scaled = pivot.map((value) => value / divisor);
  for (const row of matrix) {
    const factor = row[column] ?? 0;
    for (const [index, value] of scaled.entries()) row[index] = (row[index] ?? 0) - factor * value;
  }
  matrix.splice(column, 0, scaled);
}
