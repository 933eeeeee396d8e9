// Checks Kubernetes objects; runs beside the node_modules of package.json. Input: a JSON object of named lists of objects. Output: one line of JSON a problem.
// The models' validators check types, formats and required fields; they let unknown fields pass, which the compiler finds:
// a literal with a field that its type lacks is an error.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const groups = {
  'cert-manager.io': '@kubernetes-models/cert-manager/cert-manager.io',
  'keda.sh': '@kubernetes-models/keda/keda.sh',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator/monitoring.coreos.com',
};

function moduleOf(apiVersion) {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return groups[group] ? `${groups[group]}/${version}` : `kubernetes-models/${group ? `${group}/` : ''}${version}`;
}

function report(place, problem) {
  process.stdout.write(`${JSON.stringify({ place, problem })}\n`);
}

const input = JSON.parse(readFileSync(0, 'utf8'));
const placed = Object.entries(input).flatMap(([name, objects]) =>
  objects.map((object) => ({ place: `${name}: ${object.kind} ${object.metadata?.name}`, object })));

const known = [];
for (const { place, object } of placed) {
  const path = moduleOf(object.apiVersion);
  const module = await import(path).catch(() => ({}));
  const model = module[object.kind];
  if (!model) {
    report(place, `no model of ${object.apiVersion} ${object.kind}`);
    continue;
  }
  known.push({ place, object, path });
  try {
    new model(object).validate();
  } catch (error) {
    report(place, error.message);
  }
}

const file = fileURLToPath(new URL('objects.ts', import.meta.url));
const lines = [];
const places = [];
for (const { place, object, path } of known) {
  places[lines.length] = place;
  lines.push(`export const o${lines.length}: import(${JSON.stringify(path)}).I${object.kind} = ${JSON.stringify(object)};`);
}
const options = { strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
const host = ts.createCompilerHost(options);
const readFile = host.getSourceFile.bind(host);
host.getSourceFile = (name, ...rest) => name === file ? ts.createSourceFile(name, lines.join('\n'), ts.ScriptTarget.ES2022) : readFile(name, ...rest);
host.fileExists = (name) => name === file || ts.sys.fileExists(name);
const program = ts.createProgram([file], options, host);
for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
  const line = diagnostic.file ? diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start).line : 0;
  report(places[line] ?? 'compiler', ts.flattenDiagnosticMessageText(diagnostic.messageText, ' '));
}
