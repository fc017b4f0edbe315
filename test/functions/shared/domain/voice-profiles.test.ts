import { expect, test } from 'vitest';
import {
  describeUnknownVoiceProfile,
  unknownVoiceProfiles,
  type VoiceProfile,
} from '../../../../functions/shared/domain/voice-profiles.ts';

const profile = (code: string): VoiceProfile => ({
  code,
  locale: code.slice(0, 5),
  description: undefined,
  gender: undefined,
});
const offered = ['en-GB-Emma', 'en-US-BenjaminRUS', 'en-US-ZiraRUS', 'da-DK-Naja', 'id-ID-Andika'].map(
  profile,
);

test('finds nothing to say about voices that are offered', () => {
  expect(unknownVoiceProfiles(['en-GB-Emma', 'da-DK-Naja'], offered)).toEqual([]);
});

test('names an unknown voice once, with the likeliest meant first', () => {
  const unknown = unknownVoiceProfiles(['en-US-Benjamin', 'en-US-Benjamin'], offered);

  expect(unknown).toHaveLength(1);
  expect(unknown[0]?.near[0]).toBe('en-US-BenjaminRUS');
});

test('prefers voices of the same language, because a voice must speak the text', () => {
  const [unknown] = unknownVoiceProfiles(['id-ID-Najaa'], offered);

  expect(unknown?.near[0]).toBe('id-ID-Andika');
});

test('says in one sentence what is wrong and what there is', () => {
  const [unknown] = unknownVoiceProfiles(['en-GB-Ema'], offered);
  const [withoutAny] = unknownVoiceProfiles(['en-GB-Ema'], []);

  expect(unknown && describeUnknownVoiceProfile(unknown)).toMatch(
    /^The sub-account has no voice profile "en-GB-Ema"\. Near it: en-GB-Emma, /,
  );
  expect(withoutAny && describeUnknownVoiceProfile(withoutAny)).toContain('offers none');
});
