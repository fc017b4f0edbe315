import * as z from 'zod';
import { ACCOUNT_ID, REGION } from './emulated-aws.ts';

/** Names of everything in the account that costs money or holds data. */
export type Inventory = ReadonlySet<string>;

const secretSchema = z.object({ SecretString: z.string() });
const queueListSchema = z.object({ QueueUrls: z.array(z.string()).default([]) });
const functionListSchema = z.object({
  Functions: z.array(z.object({ FunctionName: z.string(), Role: z.string() })),
});

/**
 * Requests to the emulated AWS as the owner of the account. The services' own protocols are spoken here, because
 * the rehearsal looks at services for which the project needs no client.
 */
export class AwsRequests {
  readonly #endpoint: string;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** The header by which the owner of the account is known; the emulator checks no signature of theirs. */
  authorizationFor(service: string): string {
    return `AWS4-HMAC-SHA256 Credential=${ACCOUNT_ID}/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=owner`;
  }

  /** @throws Error with the answer, when the service refuses. */
  async json(service: string, target: string, body: object = {}): Promise<unknown> {
    const answer = await this.#fetch(service, '/', {
      method: 'POST',
      headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(body),
    });
    return JSON.parse(answer);
  }

  async invoke(functionName: string, event: object): Promise<unknown> {
    const answer = await this.#fetch('lambda', `/2015-03-31/functions/${functionName}/invocations`, {
      method: 'POST',
      body: JSON.stringify(event),
    });
    return answer === '' ? undefined : JSON.parse(answer);
  }

  /** Functions by name, with the ARNs of their roles. */
  async functions(): Promise<{ FunctionName: string; Role: string }[]> {
    const answer = await this.#fetch('lambda', '/2015-03-31/functions?MaxItems=200', { method: 'GET' });
    return functionListSchema.parse(JSON.parse(answer)).Functions;
  }

  async secretText(secretId: string): Promise<string> {
    const answer = await this.json('secretsmanager', 'secretsmanager.GetSecretValue', { SecretId: secretId });
    return secretSchema.parse(answer).SecretString;
  }

  async createSecret(name: string, text: string): Promise<void> {
    await this.json('secretsmanager', 'secretsmanager.CreateSecret', { Name: name, SecretString: text });
  }

  /** Puts a message into the queue of a stack with this logical id. */
  async sendMessage(stackName: string, logicalId: string, message: object): Promise<void> {
    const { QueueUrls } = queueListSchema.parse(await this.json('sqs', 'AmazonSQS.ListQueues'));
    const QueueUrl = QueueUrls.find((url) => url.includes(`${stackName}-${logicalId}`));
    if (QueueUrl === undefined) throw new Error(`${stackName} has no queue ${logicalId}.`);
    await this.json('sqs', 'AmazonSQS.SendMessage', { QueueUrl, MessageBody: JSON.stringify(message) });
  }

  async putObject(bucket: string, key: string, text: string): Promise<void> {
    await this.#fetch('s3', `/${bucket}/${key}`, { method: 'PUT', body: text });
  }

  async stackStatus(stackName: string): Promise<string | undefined> {
    const answer = await this.#form('cloudformation', { Action: 'DescribeStacks' });
    const stacks = answer
      .split('<member>')
      .filter((part) => part.includes(`<StackName>${stackName}</StackName>`));
    return /<StackStatus>(\w+)</.exec(stacks.at(-1) ?? '')?.[1];
  }

  /** Tables, buckets, secrets, queues, log groups, functions, roles and keys whose names begin with a prefix. */
  async inventory(stackName: string): Promise<Inventory> {
    const names = (text: string, pattern: RegExp, kind: string): string[] =>
      [...text.matchAll(pattern)].flatMap(([, name = '']) =>
        name.includes(stackName) ? [`${kind} ${name}`] : [],
      );
    const [tables, buckets, secrets, queues, logs, functions] = await Promise.all([
      this.json('dynamodb', 'DynamoDB_20120810.ListTables'),
      this.#fetch('s3', '/', { method: 'GET' }),
      this.json('secretsmanager', 'secretsmanager.ListSecrets'),
      this.json('sqs', 'AmazonSQS.ListQueues'),
      this.json('logs', 'Logs_20140328.DescribeLogGroups'),
      this.functions(),
    ]);
    return new Set([
      ...names(JSON.stringify(tables), /"([^"]+)"/g, 'table'),
      ...names(buckets, /<Name>([^<]+)</g, 'bucket'),
      ...names(JSON.stringify(secrets), /"Name": ?"([^"]+)"/g, 'secret'),
      ...names(JSON.stringify(queues), /\/([^/"]+)"/g, 'queue'),
      ...names(JSON.stringify(logs), /"logGroupName": ?"([^"]+)"/g, 'log group'),
      ...functions.flatMap(({ FunctionName }) =>
        FunctionName.includes(stackName) ? [`function ${FunctionName}`] : [],
      ),
    ]);
  }

  #form(service: string, fields: Readonly<Record<string, string>>): Promise<string> {
    return this.#fetch(service, '/', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
  }

  async #fetch(service: string, target: string, init: RequestInit): Promise<string> {
    const response = await fetch(`${this.#endpoint}${target}`, {
      ...init,
      headers: { ...init.headers, authorization: this.authorizationFor(service) },
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${service} answered ${response.status} to ${target}: ${text.slice(0, 300)}`);
    return text;
  }
}
