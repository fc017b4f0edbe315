import { parseArgs } from 'node:util';
import { startTestDatabase } from '../support/dynamodb-engine.ts';
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
} finally {
  await database.stop();
}
if (flags.json) console.log(JSON.stringify(topics, undefined, 2));
