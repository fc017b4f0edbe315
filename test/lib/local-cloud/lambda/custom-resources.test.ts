import { describe, expect, test } from 'vitest';
import { createCustomResource } from '../../../../lib/local-cloud/lambda/custom-resources.ts';
import type { InvocationOutcome } from '../../../../lib/local-cloud/lambda/runtime-api.ts';
import type { Template } from '../../../../lib/local-cloud/template/assembly.ts';
import { readCustomResources } from '../../../../lib/local-cloud/template/custom-resource-definitions.ts';
import type { FunctionDefinition } from '../../../../lib/local-cloud/template/function-definitions.ts';
import { createResolver } from '../../../../lib/local-cloud/template/intrinsics.ts';
import {
  createPhysicalNames,
  pseudoParameters,
} from '../../../../lib/local-cloud/template/physical-names.ts';
import { createTemplateReader } from '../../../../lib/local-cloud/template/template-reader.ts';

const functionArn = (name: string): string => `arn:aws:lambda:eu-central-1:123456789012:function:${name}`;

function functionOf(name: string, environment: Record<string, string> = {}): FunctionDefinition {
  return {
    logicalId: name,
    name,
    arn: functionArn(name),
    handler: 'index.handler',
    codeFolder: '/nowhere',
    runtime: 'nodejs24.x',
    memoryMb: 128,
    timeoutMs: 3_000,
    reservedConcurrency: undefined,
    environment,
    logGroup: name,
    logFormat: 'JSON',
    logLevel: undefined,
    deadLetterQueueArn: undefined,
  };
}

const setup = functionOf('AccountSetup');
const framework = functionOf('Framework', { USER_ON_EVENT_FUNCTION_ARN: setup.arn });

function readFrom(Resources: Template['Resources']) {
  const template: Template = { Parameters: {}, Mappings: {}, Conditions: {}, Outputs: {}, Resources };
  const stack = { stackName: 'rides', template, assetPaths: new Map<string, string>() };
  const names = createPhysicalNames('rides', template, { api: 'http://api', queues: 'http://queues' });
  const resolve = createResolver(template, names, pseudoParameters('rides'));
  return readCustomResources(createTemplateReader(stack, resolve), [setup, framework]);
}

describe('custom resources of a template', () => {
  test('are those behind the provider framework, with the function that it stands in front of', () => {
    const resources = readFrom({
      Account: {
        Type: 'Custom::VoiceAccount',
        Properties: {
          ServiceToken: framework.arn,
          apiUrl: { 'Fn::Join': ['/', ['http://api', 'webhooks']] },
        },
      },
      Other: { Type: 'Custom::Other', Properties: { ServiceToken: framework.arn } },
      Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
    });

    expect(resources).toEqual([
      {
        logicalId: 'Account',
        functionName: 'AccountSetup',
        properties: { apiUrl: 'http://api/webhooks' },
      },
      { logicalId: 'Other', functionName: 'AccountSetup', properties: {} },
    ]);
  });

  test.each([
    ['a function that is in no stack of ours', functionArn('Elsewhere')],
    ['a function that stands in front of none', setup.arn],
  ])('are left out where they are made by %s', (_, ServiceToken) => {
    const resources = readFrom({ Account: { Type: 'Custom::VoiceAccount', Properties: { ServiceToken } } });

    expect(resources).toEqual([]);
  });

  test('are none in a template without any', () => {
    expect(readFrom({})).toEqual([]);
  });
});

describe('creating a custom resource', () => {
  const resource = {
    logicalId: 'Account',
    functionName: 'AccountSetup',
    properties: { apiUrl: 'http://api' },
  };

  async function create(outcome: InvocationOutcome): Promise<unknown[]> {
    const asked: unknown[] = [];
    await createCustomResource(resource, {
      invoke: async (...call) => {
        asked.push(call);
        return outcome;
      },
    });
    return asked;
  }

  test('asks its function as CloudFormation would', async () => {
    const asked = await create({ kind: 'answered', payload: '{}' });

    expect(asked).toEqual([
      [
        'AccountSetup',
        {
          RequestType: 'Create',
          LogicalResourceId: 'Account',
          ResourceProperties: { apiUrl: 'http://api' },
        },
      ],
    ]);
  });

  test.each<[InvocationOutcome, string]>([
    [
      { kind: 'failed', errorType: 'Error', errorMessage: 'The webhooks belong to somebody else.' },
      'Account could not be created: The webhooks belong to somebody else.',
    ],
    [{ kind: 'throttled' }, 'Account could not be created: throttled'],
  ])('says which one failed and why: %o', async (outcome, message) => {
    await expect(create(outcome)).rejects.toThrow(message);
  });
});
