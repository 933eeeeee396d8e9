// Submits an experiment to a coordinator, watches it and cancels it, with nothing but grpc-js.
//
// usage: node experiment.js HOST:PORT SPEC.yaml DATASET.zip [TOKEN]
//
// Needs @grpc/grpc-js and @grpc/proto-loader, grpc-health-check and @grpc/reflection for the protocols of those names, and the folder
// protos/ of this repository (PGAN_PROTOS names another place).
'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const PIECE = 256 * 1024;
const protos = process.env.PGAN_PROTOS ?? path.join(__dirname, '..', '..', '..', 'protos');
const packaged = (name) => path.dirname(require.resolve(`${name}/package.json`));
const definition = loader.loadSync(
  ['pgan/v1/experiments.proto', 'pgan/v1/artifacts.proto', 'health/v1/health.proto', 'grpc/reflection/v1/reflection.proto', 'grpc/reflection/v1alpha/reflection.proto'],
  { includeDirs: [protos, `${packaged('grpc-health-check')}/proto`, `${packaged('@grpc/reflection')}/build/proto`], keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true });
const root = grpc.loadPackageDefinition(definition);

const [target, specFile, datasetFile, token] = process.argv.slice(2);
const credentials = grpc.credentials.createInsecure();
const metadata = new grpc.Metadata();
if (token) metadata.set('authorization', `Bearer ${token}`);
const experiments = new root.pgan.v1.Experiments(target, credentials);
const artifacts = new root.pgan.v1.Artifacts(target, credentials);

const call = (client, method, request) => promisify(client[method]).call(client, request, metadata);

// Sends a file unless it is there, from where an interrupted upload stopped; returns its digest.
async function upload(file) {
  const bytes = fs.readFileSync(file);
  const digest = crypto.createHash('sha256').update(bytes).digest('hex');
  const state = await call(artifacts, 'Stat', { digest });
  if (state.complete) return digest;
  await new Promise((resolve, reject) => {
    const stream = artifacts.Upload(metadata, (error, answer) => (error ? reject(error) : resolve(answer)));
    stream.write({ start: { digest, bytes: bytes.length, offset: state.bytes } });
    for (let at = state.bytes; at < bytes.length; at += PIECE) stream.write({ data: bytes.subarray(at, at + PIECE) });
    stream.end();
  });
  return digest;
}

async function main() {
  const health = await call(new root.grpc.health.v1.Health(target, credentials), 'Check', { service: '' });
  console.log('health', health.status);
  for (const version of token ? [] : ['v1', 'v1alpha']) console.log('services', version, (await services(version)).join(' '));
  const dataset_digest = await upload(datasetFile);
  const submitted = await call(experiments, 'Submit', { spec_yaml: fs.readFileSync(specFile, 'utf8'), name: 'from-node', dataset_digest });
  console.log('submitted', submitted.id);
  for await (const event of experiments.Watch({ id: submitted.id, after: 0 }, metadata)) {
    console.log('event', event.sequence, event.text);
    if (event.sequence === 1) await call(experiments, 'Cancel', { id: submitted.id, reason: 'the example is over' });
  }
  const ended = await call(experiments, 'Get', { id: submitted.id });
  console.log('ended', ended.state, ended.reason);
}

// What the server itself says it offers.
function services(version) {
  return new Promise((resolve, reject) => {
    const stream = new root.grpc.reflection[version].ServerReflection(target, credentials).ServerReflectionInfo(metadata);
    stream.on('data', (answer) => resolve(answer.list_services_response.service.map((service) => service.name)));
    stream.on('error', reject);
    stream.write({ list_services: '' });
    stream.end();
  });
}

main().then(() => process.exit(0), (error) => {
  console.log('refused', grpc.status[error.code] ?? error.code, error.details ?? error.message);
  process.exit(1);
});
