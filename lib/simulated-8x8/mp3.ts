/**
 * One frame of silence: MPEG-2 Layer III, 8 kbit/s, 16 kHz, mono, no CRC. Side information of zeros announces no
 * audio data, which every decoder plays as silence.
 */
const FRAME_HEADER = [0xff, 0xf3, 0x18, 0xc4] as const;
const FRAME_BYTES = 36;
const FRAMES_PER_SECOND = 16_000 / 576;

/** Longer calls get a shorter file: what matters to a receiver is that it is real audio, not its weight. */
const LONGEST_FILE_SECONDS = 30;

/**
 * Makes a playable mp3 of silence.
 * @param seconds how long the recording is; the file holds at least one frame and at most half a minute.
 */
export function silentMp3(seconds: number): Uint8Array {
  const frames = Math.max(1, Math.ceil(Math.min(seconds, LONGEST_FILE_SECONDS) * FRAMES_PER_SECOND));
  const file = new Uint8Array(frames * FRAME_BYTES);
  for (let frame = 0; frame < frames; frame += 1) file.set(FRAME_HEADER, frame * FRAME_BYTES);
  return file;
}
