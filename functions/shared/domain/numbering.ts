/** `shared` shows both parties of a booking one virtual number; `per-party` gives each the one that suits it. */
export const numberings = ['shared', 'per-party'] as const;

export type Numbering = (typeof numberings)[number];
