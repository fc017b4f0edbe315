import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/** The few operations of IAM, Secrets Manager and the parameter store that the set-up uses, with what they hold in the open. */
export interface FakeAws extends AsyncDisposable {
  /** What a process needs in its environment to use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Text of each secret by name. */
  readonly secrets: Map<string, string>;
  /** Value of each parameter by name. */
  readonly parameters: Map<string, string>;
  /** Access keys of the one user, oldest first. */
  accessKeyIds: string[];
}

export async function startFakeAws(): Promise<FakeAws> {
  const secrets = new Map<string, string>();
  const parameters = new Map<string, string>();
  let created = 0;

  const server = createServer(async (request, response) => {
    const body = await text(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    const answer = target.startsWith('AmazonSSM.')
      ? parameterStore(target, body)
      : target.startsWith('secretsmanager.')
        ? secretsManager(target, body)
        : iam(new URLSearchParams(body));
    response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.text);
  });

  function parameterStore(target: string, body: string) {
    const { Name = '', Value = '' }: Record<string, string> = JSON.parse(body);
    const json = (status: number, content: object) => ({
      status,
      contentType: 'application/x-amz-json-1.1',
      text: JSON.stringify(content),
    });
    if (target.endsWith('.PutParameter')) parameters.set(Name, Value);
    else if (!parameters.has(Name)) return json(400, { __type: 'ParameterNotFound', message: '' });
    const answer = { Parameter: { Name, Value: parameters.get(Name) } };
    if (target.endsWith('.DeleteParameter')) parameters.delete(Name);
    return json(200, target.endsWith('.GetParameter') ? answer : {});
  }

  function secretsManager(target: string, body: string) {
    const { SecretId = '', SecretString = '' }: Record<string, string> = JSON.parse(body);
    const json = (status: number, content: object) => ({
      status,
      contentType: 'application/x-amz-json-1.1',
      text: JSON.stringify(content),
    });
    if (!secrets.has(SecretId))
      return json(400, { __type: 'ResourceNotFoundException', message: 'No such secret.' });
    if (target.endsWith('.PutSecretValue')) secrets.set(SecretId, SecretString);
    return json(200, { Name: SecretId, SecretString: secrets.get(SecretId) });
  }

  function iam(form: URLSearchParams) {
    const action = form.get('Action');
    if (action === 'CreateAccessKey') {
      created += 1;
      const accessKeyId = `AKIACREATED${created}`;
      aws.accessKeyIds.push(accessKeyId);
      return xml(
        action,
        `<AccessKey><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>secret-of-${accessKeyId}</SecretAccessKey><UserName>u</UserName><Status>Active</Status></AccessKey>`,
      );
    }
    if (action === 'DeleteAccessKey') {
      aws.accessKeyIds = aws.accessKeyIds.filter((accessKeyId) => accessKeyId !== form.get('AccessKeyId'));
      return xml(action, '');
    }
    const members = aws.accessKeyIds.map(
      (accessKeyId) => `<member><AccessKeyId>${accessKeyId}</AccessKeyId></member>`,
    );
    return xml(
      'ListAccessKeys',
      `<IsTruncated>false</IsTruncated><AccessKeyMetadata>${members.join('')}</AccessKeyMetadata>`,
    );
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const aws: FakeAws = {
    secrets,
    parameters,
    accessKeyIds: [],
    environment: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${address.port}`,
      AWS_REGION: 'ap-southeast-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return aws;
}

function xml(action: string, result: string) {
  return {
    status: 200,
    contentType: 'text/xml',
    text: `<${action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${action}Result>${result}</${action}Result></${action}Response>`,
  };
}
