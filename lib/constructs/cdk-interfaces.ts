import { Alias, type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';

/*
 * The CDK declares some optional members as `T | undefined` in its classes and as `T` in its interfaces, so with
 * exactOptionalPropertyTypes its own Bucket is no IBucket. These say that it is one.
 */

const isBucketInterface = (bucket: unknown): bucket is IBucket => bucket instanceof Bucket;
const isFunctionInterface = (handler: unknown): handler is IFunction =>
  handler instanceof LambdaFunction || handler instanceof Alias;

/** The bucket as what other constructs ask for. */
export function asBucketInterface(bucket: Bucket): IBucket {
  if (!isBucketInterface(bucket)) throw new TypeError('Not a bucket.');
  return bucket;
}

/** The function or alias as what other constructs ask for. */
export function asFunctionInterface(handler: LambdaFunction | Alias): IFunction {
  if (!isFunctionInterface(handler)) throw new TypeError('Not a function.');
  return handler;
}
