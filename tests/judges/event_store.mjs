// Uses an embedded store, served in EventStoreDB's protocol, with a client from npm.
//
// usage: event_store.mjs PACKAGE WRITER_URI READER_URI
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

const [packageName, writerUri, readerUri] = process.argv.slice(2);
const db = await import(packageName);
const Client = db.KurrentDBClient ?? db.EventStoreDBClient;
const { jsonEvent, binaryEvent, NO_STREAM, ANY, STREAM_EXISTS, START, END, FORWARDS, BACKWARDS } = db;
const client = Client.connectionString(writerUri);
const tag = randomUUID().slice(0, 8);
const name = `js-${tag}`;
const event = (n, type = "Happened") => jsonEvent({ type, data: { n }, metadata: { m: 1 } });
// The newer client calls what is expected a stream state.
const expecting = (state) => ({ expectedRevision: state, streamState: state });
const append = (stream, events, state = ANY) => client.appendToStream(stream, events, expecting(state));
const collect = async (reading) => {
  const events = [];
  for await (const resolved of reading) events.push(resolved.event);
  return events;
};
const numbers = (events) => events.map((event) => event.data.n);
const refused = async (call, type) => {
  try {
    await call();
  } catch (error) {
    assert.equal(error.type ?? error.constructor.name, type, String(error));
    return;
  }
  assert.fail(`${type} was expected`);
};
const { ErrorType } = db;

// Appending with each kind of expected revision, and conflicts.
const first = [event(0), event(1)];
await append(name, first, NO_STREAM);
await append(name, first, NO_STREAM);
await refused(() => append(name, [event(9)], NO_STREAM), ErrorType.WRONG_EXPECTED_VERSION);
const result = await append(name, [event(2)], 1n);
assert.equal(result.nextExpectedRevision, 2n);
await refused(() => append(name, [event(9)], 7n), ErrorType.WRONG_EXPECTED_VERSION);
await append(name, [event(3)], ANY);
await append(name, [event(4)], STREAM_EXISTS);
await refused(() => append(`no-${tag}`, [event(9)], STREAM_EXISTS), ErrorType.WRONG_EXPECTED_VERSION);
await append(`raw-${tag}`, [binaryEvent({ type: "Raw", data: new Uint8Array([0, 255]) })]);
const [raw] = await collect(client.readStream(`raw-${tag}`));
assert.deepEqual([...raw.data], [0, 255]);
assert.equal(raw.isJson, false);

// Reading both ways.
assert.deepEqual(numbers(await collect(client.readStream(name))), [0, 1, 2, 3, 4]);
const back = client.readStream(name, { direction: BACKWARDS, fromRevision: END, maxCount: 2 });
assert.deepEqual(numbers(await collect(back)), [4, 3]);
const all = (await collect(client.readAll({ direction: FORWARDS, fromPosition: START })))
  .filter((event) => event.streamId === name);
assert.deepEqual(numbers(all), [0, 1, 2, 3, 4]);
assert.ok(all[0].created);

// What is not there, and what was deleted.
await refused(() => collect(client.readStream(`nothing-${tag}`)), ErrorType.STREAM_NOT_FOUND);
const gone = `gone-${tag}`;
await append(gone, [event(0), event(1)]);
await client.setStreamMetadata(gone, { maxCount: 1 });
assert.deepEqual(numbers(await collect(client.readStream(gone))), [1]);
await client.deleteStream(gone, expecting(1n));
await refused(() => collect(client.readStream(gone)), ErrorType.STREAM_NOT_FOUND);
await append(gone, [event(2)], NO_STREAM);
assert.equal((await collect(client.readStream(gone)))[0].revision, 2n);
await client.tombstoneStream(gone);
await refused(() => collect(client.readStream(gone)), ErrorType.STREAM_DELETED);

// A filtered subscription, from history into what is live, with checkpoints.
for (let n = 0; n < 40; n++) await append(`noise-${tag}`, [event(n)]);
await append(`sub-${tag}`, [event(0, `Wanted${tag}`)]);
let checkpoints = 0;
const subscription = client.subscribeToAll({
  fromPosition: START,
  filter: db.eventTypeFilter({
    prefixes: [`Wanted${tag}`],
    checkpointInterval: 1,
    maxSearchWindow: 8,
    checkpointReached: () => void checkpoints++,
  }),
});
const seen = [];
for await (const { event: received } of subscription) {
  seen.push(received);
  if (seen.length === 1) await append(`sub-${tag}`, [event(1, `Wanted${tag}`)], 0n);
  if (seen.length === 2) break;
}
assert.deepEqual(numbers(seen), [0, 1]);
assert.ok(checkpoints >= 2, `${checkpoints} checkpoints`);
await subscription.unsubscribe();

// A persistent subscription: one event is retried, one is parked, and comes back.
const [source, group] = [`work-${tag}`, `workers-${tag}`];
await append(source, [event(0), event(1), event(2)]);
const settings = (db.persistentSubscriptionToStreamSettingsFromDefaults)({ startFrom: START });
await client.createPersistentSubscriptionToStream(source, group, settings);
await refused(
  () => client.createPersistentSubscriptionToStream(source, group, settings),
  ErrorType.PERSISTENT_SUBSCRIPTION_EXISTS,
);
const handled = [];
let workers = client.subscribeToPersistentSubscriptionToStream(source, group);
let retried = false;
for await (const resolved of workers) {
  const { n } = resolved.event.data;
  if (n === 1 && !retried) {
    retried = true;
    await workers.nack("retry", "not now", resolved);
  } else if (n === 2) {
    await workers.nack("park", "never", resolved);
    handled.push("parked");
  } else {
    await workers.ack(resolved);
    handled.push(String(n));
  }
  if (handled.length === 3) break;
}
assert.deepEqual(handled.sort(), ["0", "1", "parked"]);
await workers.unsubscribe();
const info = () => client.getPersistentSubscriptionToStreamInfo(source, group);
const until = async (condition) => {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("it did not become true");
};
await until(async () => Number((await info()).stats.parkedMessageCount) === 1);
await client.replayParkedMessagesToStream(source, group);
workers = client.subscribeToPersistentSubscriptionToStream(source, group);
for await (const resolved of workers) {
  assert.equal(resolved.event.data.n, 2);
  await workers.ack(resolved);
  break;
}
await until(async () => Number((await info()).stats.parkedMessageCount) === 0);
await client.deletePersistentSubscriptionToStream(source, group);

// Who may only read.
const reader = Client.connectionString(readerUri);
const readByReader = [];
for await (const resolved of reader.readStream(name)) readByReader.push(resolved.event);
assert.equal(readByReader.length, 5);
await refused(() => reader.appendToStream(name, [event(9)]), ErrorType.ACCESS_DENIED);
console.log("passed");
process.exit(0);
