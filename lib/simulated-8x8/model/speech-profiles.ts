/** A voice of the text-to-speech engine, as GET /speech-profiles lists it. */
export interface SpeechProfile {
  readonly speechProfileCode: string;
  readonly localeCode: string;
  readonly localeDescription: string;
  readonly gender: 'F' | 'M';
}

const localeDescriptions = {
  'da-DK': 'Danish',
  'en-GB': 'EnglishUK',
  'en-IE': 'EnglishIreland',
  'en-US': 'EnglishUS',
} as const;

function voice(
  localeCode: keyof typeof localeDescriptions,
  name: string,
  gender: SpeechProfile['gender'],
): SpeechProfile {
  return {
    speechProfileCode: `${localeCode}-${name}`,
    localeCode,
    localeDescription: localeDescriptions[localeCode],
    gender,
  };
}

/** The voices of a simulated account: those that the platform's own pages name. A real account may have others. */
export const defaultSpeechProfiles: readonly SpeechProfile[] = [
  voice('en-US', 'ZiraRUS', 'F'),
  voice('en-US', 'BenjaminRUS', 'M'),
  voice('en-US', 'AriaRUS', 'F'),
  voice('en-US', 'Jenny', 'F'),
  voice('en-US', 'Neural2-C', 'F'),
  voice('en-US', 'Standard-A', 'F'),
  voice('en-GB', 'Emma', 'F'),
  voice('en-IE', 'EmilyNeural', 'F'),
  voice('da-DK', 'Naja', 'F'),
];
