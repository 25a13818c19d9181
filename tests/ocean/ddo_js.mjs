// The second opinion of test_ddo_js.py: one DDO a line in, its verdict and the DID a line out.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(process.argv[2] + '/package.json');
const { DDOManager } = await import(
  pathToFileURL(require.resolve('@oceanprotocol/ddo-js')).href
);

for await (const line of createInterface({ input: process.stdin })) {
  const answer = { valid: false, did: null };
  try {
    const ddo = JSON.parse(line);
    const known = DDOManager.getDDOClass(ddo);
    answer.did = known.makeDid(ddo.nftAddress, String(ddo.chainId));
    [answer.valid] = await known.validate();
  } catch {
    // Not a DDO, to ddo-js: not valid.
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
