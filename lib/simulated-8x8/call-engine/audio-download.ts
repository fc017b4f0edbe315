import { SessionFailure } from '../model/session-errors.ts';
import type { VoiceSession } from '../model/voice-session.ts';
import type { Platform } from '../platform.ts';
import { readAtMost } from '../read-at-most.ts';

const LARGEST_FILE_BYTES = 5120 * 1024;
const DOWNLOAD_TIMEOUT_MS = 10_000;
/** A file stays known by its URL for this long, even when another one lies there by now. */
const CACHED_MS = 3_600_000;

/**
 * Fetches the file of a `playFile` as the platform would before it plays it. Only files on this machine are really
 * fetched: a simulator does not reach out to the internet, so others are there unless the call says otherwise.
 * @throws SessionFailure -2006 when there is no such file, or it is not an mp3 or wav of at most 5120 KB.
 */
export async function downloadAudio(
  platform: Platform,
  session: VoiceSession,
  fileUrl: string,
): Promise<void> {
  const { failedDownloads, platformError } = session.script;
  if (platformError === -2006 || failedDownloads.includes('*') || failedDownloads.includes(fileUrl)) {
    throw new SessionFailure(-2006, 'the call asked for a failed download');
  }
  if (!isOnThisMachine(fileUrl)) return;
  const { audioFiles } = platform.run;
  const cachedAtMs = audioFiles.get(fileUrl);
  if (cachedAtMs !== undefined && session.nowMs - cachedAtMs < CACHED_MS) return;
  const problem = await problemOf(fileUrl, platform.stopping.signal);
  if (problem !== undefined) throw new SessionFailure(-2006, problem);
  audioFiles.set(fileUrl, session.nowMs);
}

function isOnThisMachine(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}

/** @returns in words why the file cannot be played, or undefined when it can. */
async function problemOf(url: string, stopped: AbortSignal): Promise<string | undefined> {
  try {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS)]);
    const response = await fetch(url, { signal });
    if (!response.ok) {
      await response.body?.cancel();
      return `the file was answered with ${response.status}`;
    }
    const bytes = await readAtMost(response, LARGEST_FILE_BYTES);
    if (bytes === undefined) return `the file is larger than ${LARGEST_FILE_BYTES / 1024} KB`;
    return isMp3(bytes) || isWav(bytes) ? undefined : 'the file is neither mp3 nor wav';
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return isLate ? 'the file took too long to download' : 'the file could not be reached';
  }
}

/** Begins with a tag of its title, or at once with a frame: eleven bits of synchronization, then Layer III. */
function isMp3(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  return bytes.toString('latin1', 0, 3) === 'ID3' || (first === 0xff && (second & 0xe6) === 0xe2);
}

function isWav(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WAVE';
}
