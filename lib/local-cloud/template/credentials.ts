/** What signs requests. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** An access key, and what its owner may do. */
export interface Credential extends AccessKey {
  /** Comes with temporary credentials only, and then every request has to carry it. */
  readonly sessionToken?: string | undefined;
  /** Undefined: it does not expire. */
  readonly expiresAtEpochMs?: number | undefined;
  /** Undefined: everything is allowed. */
  readonly statements?: readonly PolicyStatement[] | undefined;
}

/** One statement of an IAM policy: wildcards as in IAM, conditions not supported. */
export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}
