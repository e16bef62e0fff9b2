// A reporter for Node's test runner that writes one JSON value: how many tests passed, which failed and in which files,
// and which were skipped and why. Suites do not count, only the tests in them.

export default async function* report(source) {
  const result = { passed: 0, failed: [], skipped: [], failedFiles: [] };
  for await (const { type, data } of source) {
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') continue;
    if (data.skip !== undefined) result.skipped.push(`${data.name} (${data.skip || 'no reason given'})`);
    else if (type === 'test:pass') result.passed++;
    else {
      result.failed.push(data.name);
      if (data.file !== undefined && !result.failedFiles.includes(data.file))
        result.failedFiles.push(data.file);
    }
  }
  yield JSON.stringify(result);
}
