// Ocean's own client against an Ocean Node: resolves, orders and downloads an asset. Reads one JSON
// object from standard input, writes one to standard output.
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const task = JSON.parse(await text(process.stdin));
const require = createRequire(`${task.packages}/`);
// ocean.js logs to the console, and standard output is ours.
for (const name of ['log', 'info', 'debug', 'warn', 'error']) {
  console[name] = (...words) => process.stderr.write(`${words.join(' ')}\n`);
}

async function buy() {
  const { Aquarius, Datatoken, ProviderInstance, generateDid, orderAsset } = require(
    '@oceanprotocol/lib'
  );
  const { DDOManager } = require('@oceanprotocol/ddo-js');
  const { JsonRpcProvider, NonceManager, Wallet } = require('ethers');
  const { node, rpc, contracts, did } = task;
  const chain = new JsonRpcProvider(rpc, undefined, { cacheTimeout: -1, pollingInterval: 50 });
  const wallet = new Wallet(task.key, chain);
  // Transactions in a row: without it ethers gives two of them one nonce.
  const signer = new NonceManager(wallet);
  const config = {
    chainId: contracts.chainId,
    network: 'development',
    nodeUri: rpc,
    oceanNodeUri: node,
    oceanTokenAddress: contracts.Ocean,
    nftFactoryAddress: contracts.ERC721Factory,
    fixedRateExchangeAddress: contracts.FixedPrice,
    dispenserAddress: contracts.Dispenser,
    routerFactoryAddress: contracts.Router,
    transactionPollingTimeout: 100,
    gasFeeMultiplier: 1.1
  };
  const aquarius = new Aquarius(node);
  const asset = await aquarius.waitForIndexer(did, undefined, undefined, 100, 50);
  const service = asset.services[0];
  const [valid] = await DDOManager.getDDOClass(asset).validate();
  const isProvider = await ProviderInstance.isValidProvider(node);
  const files = await ProviderInstance.checkDidFiles(did, service.id, node, true);
  const needs = await ProviderInstance.initialize(did, service.id, 0, wallet.address, node);
  const datatoken = new Datatoken(signer, contracts.chainId);
  const order = await orderAsset(
    asset, signer, config, datatoken, node, wallet.address, undefined, needs.providerFee
  );
  const receipt = await order.wait();
  const url = await ProviderInstance.getDownloadUrl(
    did, service.id, 0, receipt.hash, node, signer
  );
  const download = await fetch(url);
  const bytes = Buffer.from(await download.arrayBuffer());
  const token = await ProviderInstance.generateAuthToken(wallet, node);
  const again = await ProviderInstance.getDownloadUrl(did, service.id, 0, receipt.hash, node, token);
  const withToken = await fetch(again, { headers: { Authorization: token } });
  const bytesAgain = Buffer.from(await withToken.arrayBuffer());
  await ProviderInstance.invalidateAuthToken(wallet, token, node);
  const withNone = await fetch(again, { headers: { Authorization: token } });
  const { indexedMetadata, datatokens, ...published } = asset;
  const validated = await aquarius.validate(published, wallet, node);
  const encrypted = await ProviderInstance.encrypt('a secret', contracts.chainId, node, wallet);
  const status = await ProviderInstance.getNodeStatus(node);
  const metadata = await aquarius.getAssetMetadata(did);
  return {
    validated: validated.valid,
    hash: validated.hash,
    encrypted,
    version: status.version,
    indexed: [indexedMetadata.event.txid, datatokens.length, metadata.id],
    generatedDid: generateDid(asset.nftAddress, contracts.chainId),
    valid,
    isProvider,
    files,
    orderTx: receipt.hash,
    status: download.status,
    bytes: bytes.toString('base64'),
    tokenStatus: withToken.status,
    tokenBytes: bytesAgain.toString('base64'),
    statusAfter: withNone.status
  };
}

process.stdout.write(JSON.stringify(await buy()), () => process.exit(0));
