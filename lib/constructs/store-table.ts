import {
  AttributeType,
  BillingMode,
  ProjectionType,
  type StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import { pinLogicalId } from './logical-id.ts';
import { removalPolicyOf } from './removal.ts';

/** The attribute by which DynamoDB sweeps what nobody needs any more, in seconds since 1970. */
const TTL_ATTRIBUTE = 'ttlEpochSeconds';

/** Where one table differs from the others. All keys are strings. */
interface StoreTableProps {
  readonly operations: DeploymentConfig['operations'];
  readonly partitionKey: string;
  readonly sortKey: string;
  /** Index name to its partition and sort key. */
  readonly indexes?: Readonly<Record<string, readonly [partitionKey: string, sortKey: string]>>;
  /** What the indexes hold: every attribute unless said otherwise. */
  readonly indexProjection?: ProjectionType;
  readonly stream?: StreamViewType;
}

const stringKey = (name: string) => ({ name, type: AttributeType.STRING });

/**
 * A table as this service keeps them: paid per request, encrypted, restorable to any second of the last 35 days,
 * swept by TTL, and left standing by a removal of the stack wherever its data is to be retained.
 */
export abstract class StoreTable extends Construct {
  protected readonly table: Table;
  readonly #indexNames: readonly string[];

  constructor(scope: Construct, id: string, props: StoreTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: stringKey(props.partitionKey),
      sortKey: stringKey(props.sortKey),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: TTL_ATTRIBUTE,
      // Protection against deletion is switched on by DeletionProtection, once the table stands.
      removalPolicy: removalPolicyOf(props.operations),
      ...(props.stream && { stream: props.stream }),
    });
    pinLogicalId(this.table, id);
    this.#indexNames = Object.keys(props.indexes ?? {});
    for (const [indexName, [partitionKey, sortKey]] of Object.entries(props.indexes ?? {})) {
      this.table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: stringKey(partitionKey),
        sortKey: stringKey(sortKey),
        projectionType: props.indexProjection ?? ProjectionType.ALL,
      });
    }
  }

  /** The name by which functions reach the table. */
  get tableName(): string {
    return this.table.tableName;
  }

  /**
   * For a function that follows the changes of the table: reads its stream.
   * @returns the ARN of the stream.
   */
  grantReadChanges(grantee: IGrantable): string {
    const { tableStreamArn } = this.table;
    if (tableStreamArn === undefined) throw new Error(`${this.node.path} has no stream.`);
    Grant.addToPrincipal({
      grantee,
      actions: [
        'dynamodb:DescribeStream',
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
        'dynamodb:ListStreams',
      ],
      resourceArns: [tableStreamArn],
    });
    return tableStreamArn;
  }

  /** For erasing a person: deletes what was found. */
  grantErase(grantee: IGrantable): void {
    this.grantItems(grantee, 'dynamodb:DeleteItem');
  }

  /** For whoever protects the table: changes its settings. */
  grantChangeSettings(grantee: IGrantable): void {
    this.grantItems(grantee, 'dynamodb:UpdateTable');
  }

  /** Allows `actions` on the items of the table itself. */
  protected grantItems(grantee: IGrantable, ...actions: string[]): void {
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.table.tableArn] });
  }

  /** Allows queries of the table itself. */
  protected grantQueries(grantee: IGrantable): void {
    this.grantItems(grantee, 'dynamodb:Query');
  }

  /** Allows queries of every index of the table, named one by one. */
  protected grantSearches(grantee: IGrantable): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:Query'],
      resourceArns: this.#indexNames.map((indexName) => `${this.table.tableArn}/index/${indexName}`),
    });
  }
}
