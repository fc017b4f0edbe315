import { type Finding, fine, missing } from './findings.ts';

/** A number that nobody books: the answer is a callflow that connects nobody. */
const NOBODY = '+6500000000';
const PATIENCE_MS = 10_000;

/** Asks the deployed service what to do with a call of nobody, as 8x8 would. */
export async function checkDecision(
  url: string,
  authorization: string,
  subAccountId: string,
): Promise<Finding> {
  const now = new Date().toISOString();
  const id = `doctor-${Date.now()}`;
  const payload = {
    eventId: id,
    callId: id,
    sessionId: id,
    subAccountId,
    callStatus: 'CALL_RECEIVED',
    callDirection: 'INBOUND',
    source: '',
    destination: NOBODY,
    timestamp: now,
  };
  const startedAtMs = Date.now();
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ namespace: 'VOICE', eventType: 'CALL_ACTION', payload }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    const tookMs = Date.now() - startedAtMs;
    if (response.ok && text.includes('"callflow"')) return fine(`A test call was decided in ${tookMs} ms.`);
    return missing(`A test call was answered ${response.status}.`, adviceFor(response.status));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return missing(
      `A test call was not answered: ${reason}.`,
      `Is ${new URL(url).origin} the address of the service?`,
    );
  }
}

function adviceFor(status: number): string {
  return status === 401
    ? 'The webhook secret is not what the function expects, or eightByEight.allowedSourceIps keeps this machine out.'
    : 'Look into the log of CallActionFunction.';
}
