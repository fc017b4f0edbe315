/** Puts a message back into its queue, to come again after this time. */
export type Postpone = (receiptHandle: string, seconds: number) => Promise<void>;
