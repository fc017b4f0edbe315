import { setTimeout as sleep } from 'node:timers/promises';
import { startDynamoDbEngine } from '../../../../lib/local-cloud/dynamodb/dynamodb-engine.ts';

const kind = process.argv[2] === 'dynamodb-local' ? 'dynamodb-local' : 'dynoxide';
const engine = await startDynamoDbEngine({ kind });
process.stdout.write(JSON.stringify({ enginePid: engine.pid }));
await sleep(50);
process.kill(process.pid, 'SIGKILL');
