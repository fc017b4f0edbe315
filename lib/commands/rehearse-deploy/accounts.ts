/** What 8x8 knows the company by. */
export const API_KEY = 'rehearsal-api-key';

/** The sub-account of each stage, with its virtual numbers. */
export const subAccounts = {
  dev: { id: 'rehearsal_dev', virtualNumbers: ['+6531290001', '+6531290002', '+6531290003'] },
  prod: { id: 'rehearsal_prod', virtualNumbers: ['+6531290011', '+6531290012', '+6531290013'] },
} as const;

/** A stage that is deployed here. */
export type RehearsedStage = keyof typeof subAccounts;
