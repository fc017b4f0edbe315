import { succeeded } from './answers.ts';
import type { Operation } from './operations.ts';

/** GET /speech-profiles. */
export const speechProfileOperations: readonly Operation[] = [
  {
    method: 'GET',
    path: '/speech-profiles',
    summary: 'Voices for spoken texts',
    handle: (_platform, { speechProfiles }) => succeeded({ speechProfiles }),
  },
];
