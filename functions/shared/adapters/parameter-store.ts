import * as z from 'zod';
import type { AccountTraces, AccountTracesStore } from '../ports/account-traces.ts';

const tracesSchema = z.object({ webhookUrls: z.array(z.string()), recordingPaths: z.array(z.string()) });
const NO_TRACES: AccountTraces = { webhookUrls: [], recordingPaths: [] };

/** Keeps the traces as JSON in one parameter of the Systems Manager. */
export function createAccountTraces(parameterName: string): AccountTracesStore {
  async function withClient<T>(use: (sdk: typeof import('@aws-sdk/client-ssm')) => Promise<T>): Promise<T> {
    return use(await import('@aws-sdk/client-ssm'));
  }
  return {
    recall: () =>
      withClient(async ({ GetParameterCommand, ParameterNotFound, SSMClient }) => {
        const client = new SSMClient({ maxAttempts: 3 });
        try {
          const { Parameter } = await client.send(new GetParameterCommand({ Name: parameterName }));
          return tracesSchema.parse(JSON.parse(Parameter?.Value ?? '{}'));
        } catch (error) {
          if (error instanceof ParameterNotFound) return NO_TRACES;
          throw error;
        }
      }),
    remember: (traces) =>
      withClient(async ({ PutParameterCommand, SSMClient }) => {
        await new SSMClient({ maxAttempts: 3 }).send(
          new PutParameterCommand({
            Name: parameterName,
            Value: JSON.stringify(traces),
            Type: 'String',
            Overwrite: true,
            Description: 'What number masking has registered at 8x8, to know it again.',
          }),
        );
      }),
    forget: () =>
      withClient(async ({ DeleteParameterCommand, ParameterNotFound, SSMClient }) => {
        try {
          await new SSMClient({ maxAttempts: 3 }).send(new DeleteParameterCommand({ Name: parameterName }));
        } catch (error) {
          if (!(error instanceof ParameterNotFound)) throw error;
        }
      }),
  };
}
