/**
 * Loaded before AWS's runtime interface client, in every execution environment: stands in for its native HTTP
 * client, which npm would have to compile with cmake and a C++ compiler. Everything else of the runtime (loading
 * the handler, its context, its error formats, its console) is AWS's own code.
 *
 * Plain JavaScript, because a Lambda strips no types and neither should its stand-in on every cold start.
 */
import { Agent, request } from 'node:http';
import { registerHooks } from 'node:module';

const INVOCATION = '/2018-06-01/runtime/invocation';
const STAND_IN = 'runtime-client:native';
const [hostname, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? ':').split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

globalThis[Symbol.for(STAND_IN)] = {
  initializeClient() {},
  next: () => send('GET', `${INVOCATION}/next`, {}),
  done(requestId, body) {
    post(`${INVOCATION}/${requestId}/response`, body, {});
  },
  error(requestId, body, xrayCause) {
    post(`${INVOCATION}/${requestId}/error`, body, {
      'lambda-runtime-function-error-type': JSON.parse(body).errorType ?? 'Error',
      'lambda-runtime-function-xray-error-cause': Buffer.from(xrayCause ?? '').toString('base64'),
    });
  },
};

registerHooks({
  resolve: (specifier, context, next) =>
    specifier.endsWith('rapid-client.node')
      ? { url: STAND_IN, format: 'commonjs', shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url === STAND_IN
      ? {
          format: 'commonjs',
          source: `module.exports = globalThis[Symbol.for(${JSON.stringify(STAND_IN)})];`,
          shortCircuit: true,
        }
      : next(url, context),
});

function post(path, body, headers) {
  const length = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  send('POST', path, { ...headers, ...length }, body).catch(endQuietly);
}

function send(method, path, headers, body) {
  return new Promise((resolve) => {
    const outgoing = request({ hostname, port, method, path, headers, agent }, (incoming) => {
      const chunks = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({ bodyJson: Buffer.concat(chunks).toString('utf8'), headers: incoming.headers }),
      );
      incoming.on('error', endQuietly);
    });
    outgoing.on('error', endQuietly);
    outgoing.end(body);
  });
}

/** Without a Runtime API there is nobody to work for: the local cloud is gone. */
function endQuietly() {
  process.exit(0);
}
