import { parseArgs } from 'node:util';
import { startTestDatabase } from '../support/dynamodb-engine.ts';
import { measureContention } from './contention.ts';
import { workOutCost } from './cost.ts';
import { measureSpread } from './load-spread.ts';
import { measureNumbersNeeded } from './numbers-needed.ts';
import { renderTopic, type Topic } from './report.ts';
import { measureOperations } from './requests-per-operation.ts';

const { values: flags } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});

const topics: Topic[] = [];
const show = (topic: Topic): void => {
  topics.push(topic);
  if (!flags.json) console.log(`${renderTopic(topic)}\n`);
};

const database = await startTestDatabase();
try {
  const operations = await measureOperations(database, flags.quick);
  show(operations.topic);
  show(await measureContention(database, flags.quick));
  show(await measureSpread(flags.quick));
  show(await measureNumbersNeeded(flags.quick));
  show(workOutCost(operations.costs));
} finally {
  await database.stop();
}
if (flags.json) console.log(JSON.stringify(topics, undefined, 2));
