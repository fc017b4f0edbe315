import type { PolicyStatement } from '../template/credentials.ts';

/** What a request wants to do, in IAM's words. */
export interface Access {
  /** Such as `s3:PutObject`. */
  readonly action: string;
  /** ARN of the bucket, object or queue; `*` when the request names none. */
  readonly resource: string;
}

/** Whether statements allow an access: at least one allows it and none denies it. */
export function isAllowed(statements: readonly PolicyStatement[], access: Access): boolean {
  const fitting = statements.filter((statement) => fits(statement, access));
  return fitting.length > 0 && fitting.every(({ effect }) => effect === 'Allow');
}

/** Tells what a request to S3 wants to do. */
export function s3AccessOf(method: string, url: string): Access {
  const [path = '', query = ''] = url.split('?');
  const parameters = new URLSearchParams(query);
  const [bucket = '', ...rest] = path.replace(/^\//, '').split('/');
  const key = rest.map(decodeURIComponent).join('/');
  if (bucket === '') return { action: 's3:ListAllMyBuckets', resource: '*' };
  const bucketArn = `arn:aws:s3:::${bucket}`;
  if (key === '') return { action: bucketAction(method, parameters), resource: bucketArn };
  return { action: objectAction(method, parameters), resource: `${bucketArn}/${key}` };
}

function objectAction(method: string, parameters: URLSearchParams): string {
  switch (method) {
    case 'PUT':
    case 'POST':
      return 's3:PutObject';
    case 'DELETE':
      return parameters.has('uploadId') ? 's3:AbortMultipartUpload' : 's3:DeleteObject';
    default:
      return 's3:GetObject';
  }
}

function bucketAction(method: string, parameters: URLSearchParams): string {
  switch (method) {
    case 'PUT':
      return parameters.has('lifecycle') ? 's3:PutLifecycleConfiguration' : 's3:CreateBucket';
    case 'POST':
      return 's3:DeleteObject';
    case 'DELETE':
      return 's3:DeleteBucket';
    default:
      return parameters.has('versions') ? 's3:ListBucketVersions' : 's3:ListBucket';
  }
}

function fits({ actions, resources }: PolicyStatement, { action, resource }: Access): boolean {
  const isActionNamed = actions.some((pattern) => wildcard(pattern.toLowerCase()).test(action.toLowerCase()));
  return isActionNamed && resources.some((pattern) => wildcard(pattern).test(resource));
}

/** IAM's wildcards: `*` for any text, `?` for one character. */
function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}
