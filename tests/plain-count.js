/** Ends the output of jest with one plain line, `N passed, N failed`, for machines that read no jest. */
export default class PlainCount {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed\n`);
  }
}
