import { parseArgs } from 'node:util';
import { startTestDatabase, type TestDatabase } from '../support/dynamodb-engine.ts';
import { measureStart } from './call-action-start.ts';
import { measureCallTime } from './call-action-time.ts';
import { measureContention } from './contention.ts';
import { workOutCost } from './cost.ts';
import { measureSpread } from './load-spread.ts';
import { measureMisuse } from './misuse.ts';
import { measureNumbersNeeded } from './numbers-needed.ts';
import { renderTopic, type Topic } from './report.ts';
import { measureOperations } from './requests-per-operation.ts';

/*
 * The benchmark: `npm run bench`, with `-- --quick` for less of everything and `-- --json` for machines.
 * Times are compared within one run only, and nothing fails here: a row that is over its limit says so.
 */

const { values: flags } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const { json, quick } = flags;

const topics: Topic[] = [];
const show = (topic: Topic): void => {
  topics.push(topic);
  if (!json) console.log(`${renderTopic(topic)}\n`);
};

async function withDatabase<T>(measure: (database: TestDatabase) => Promise<T>): Promise<T> {
  const database = await startTestDatabase();
  try {
    return await measure(database);
  } finally {
    await database.stop();
  }
}

show(await measureStart(quick));
show(await withDatabase((database) => measureCallTime(database, quick)));
const operations = await withDatabase((database) => measureOperations(database, quick));
show(operations.topic);
show(await withDatabase((database) => measureContention(database, quick)));
show(await measureSpread(quick));
show(await measureNumbersNeeded(quick));
show(measureMisuse());
show(workOutCost(operations.costs));
if (json) console.log(JSON.stringify(topics, undefined, 2));
