// A reporter for `node --test` that writes { passed, failed } for tools/test-totals.mjs:
// node --test --test-reporter=./tools/node-test-totals.mjs --test-reporter-destination=tmp/test-results/NAME.json
export default async function* report(events) {
  const counts = { passed: 0, failed: 0 };
  for await (const { type, data } of events) {
    if (data?.details?.type === 'suite' || data?.skip !== undefined || data?.todo !== undefined) continue;
    if (type === 'test:pass') counts.passed += 1;
    if (type === 'test:fail') counts.failed += 1;
  }
  yield `${JSON.stringify(counts)}\n`;
}
