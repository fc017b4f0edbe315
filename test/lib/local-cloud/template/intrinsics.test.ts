import { describe, expect, test } from 'vitest';
import type { Template } from '../../../../lib/local-cloud/template/assembly.ts';
import { createResolver } from '../../../../lib/local-cloud/template/intrinsics.ts';
import {
  createPhysicalNames,
  pseudoParameters,
} from '../../../../lib/local-cloud/template/physical-names.ts';

const template: Template = {
  Parameters: { Size: { Default: 'big' }, Nothing: {} },
  Mappings: { Prices: { big: { eur: 5 } } },
  Conditions: {
    IsBig: { 'Fn::Equals': [{ Ref: 'Size' }, 'big'] },
    IsOdd: { 'Fn::Not': [{ Condition: 'IsBig' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsBig' }, { Condition: 'IsOdd' }] },
    Both: { 'Fn::And': [{ Condition: 'IsBig' }, { Condition: 'IsOdd' }] },
  },
  Resources: {
    Calls: { Type: 'AWS::DynamoDB::Table', Properties: {} },
    Retry: { Type: 'AWS::SQS::Queue', Properties: {} },
    Recordings: { Type: 'AWS::S3::Bucket', Properties: {} },
    Handler: { Type: 'AWS::Lambda::Function', Properties: {} },
    Live: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Handler' }, Name: 'live' } },
    Named: { Type: 'AWS::Events::EventBus', Properties: { Name: 'calls' } },
    Setup: { Type: 'AWS::CloudFormation::CustomResource', Properties: {} },
  },
  Outputs: {},
};
const addresses = { api: 'http://127.0.0.1:3000', queues: 'http://127.0.0.1:4000' };
const names = createPhysicalNames('Stack', template, addresses);
const resolve = createResolver(template, names, pseudoParameters('Stack'));

describe('the intrinsic functions of a template', () => {
  test.each<[string, unknown, unknown]>([
    ['a table', { Ref: 'Calls' }, 'Stack-Calls'],
    [
      'its ARN',
      { 'Fn::GetAtt': ['Calls', 'Arn'] },
      'arn:aws:dynamodb:ap-southeast-1:000000000000:table/Stack-Calls',
    ],
    ['a queue', { Ref: 'Retry' }, 'http://127.0.0.1:4000/000000000000/Stack-Retry'],
    ['a bucket', { Ref: 'Recordings' }, 'stack-recordings'],
    ['an alias', { Ref: 'Live' }, 'arn:aws:lambda:ap-southeast-1:000000000000:function:Stack-Handler:live'],
    ['a resource that the template names', { Ref: 'Named' }, 'calls'],
    ['the region', { Ref: 'AWS::Region' }, 'ap-southeast-1'],
    ['a parameter', { Ref: 'Size' }, 'big'],
    ['a joined text', { 'Fn::Join': ['-', ['a', { Ref: 'Size' }]] }, 'a-big'],
    [
      'a text with places',
      { 'Fn::Sub': `\${Calls}/\${Calls.Arn}/\${!kept}` },
      `Stack-Calls/${names.attribute('Calls', 'Arn')}/\${kept}`,
    ],
    ['a text with variables', { 'Fn::Sub': [`\${a}`, { a: { Ref: 'Size' } }] }, 'big'],
    ['one of several', { 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['a value of a map', { 'Fn::FindInMap': ['Prices', { Ref: 'Size' }, 'eur'] }, 5],
    ['a text in base64', { 'Fn::Base64': 'a' }, 'YQ=='],
    ['a choice', { 'Fn::If': ['Both', 'yes', { 'Fn::If': ['Either', 'one', 'none'] }] }, 'one'],
    [
      'a property that is taken away',
      { a: 1, b: { Ref: 'AWS::NoValue' }, c: [{ Ref: 'AWS::NoValue' }] },
      { a: 1, c: [] },
    ],
  ])('stand for %s', (_, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  test.each<[string, unknown, RegExp]>([
    [
      'an unknown function',
      { 'Fn::ImportValue': 'x' },
      /uses Fn::ImportValue, which the local cloud does not know/,
    ],
    ['an unknown resource', { Ref: 'Missing' }, /refers to Missing, which it does not define/],
    [
      'what only AWS knows',
      { 'Fn::GetAtt': ['Setup', 'Url'] },
      /reads Setup\.Url \(AWS::CloudFormation::CustomResource\)/,
    ],
    ['a parameter without a value', { Ref: 'Nothing' }, /parameter Nothing has no default/],
  ])('are refused for %s', (_, value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });
});
