/**
 * Whether an event is about a sub-account that is not this deployment's. One that names none may be ours, and where
 * none is configured there is nothing to compare with.
 */
export function isOfOtherAccount(subAccountId: string | undefined, own: string | undefined): boolean {
  if (subAccountId === undefined || own === undefined || own === '') return false;
  return subAccountId.toLowerCase() !== own.toLowerCase();
}
