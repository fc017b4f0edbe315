import type { RecordingUploadedEvent } from '../domain/webhook-events.ts';

/** A recording's object in our bucket. */
export interface RecordingObject {
  readonly key: string;
  readonly sizeBytes: number | undefined;
}

/** Looks for recordings where 8x8 puts them. */
export interface RecordingFinder {
  /**
   * @returns undefined when no object is there under any key the platform is known to use.
   * @throws when the bucket cannot be asked.
   */
  find(
    recording: Pick<RecordingUploadedEvent, 'sessionId' | 'recordingId' | 'filePath' | 'startedAtMs'>,
    signal?: AbortSignal,
  ): Promise<RecordingObject | undefined>;
}
