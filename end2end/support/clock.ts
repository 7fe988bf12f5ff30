import { Client } from 'pg';

/** Asks the database of the server under test, as the owner of its tables. */
async function query(text: string): Promise<Record<string, unknown>[]> {
  const database = new Client({ connectionString: process.env.DATABASE_URL });
  await database.connect();
  try {
    return (await database.query(text)).rows;
  } finally {
    await database.end();
  }
}

/**
 * From now on the product's only clock, `clock()` in the database, goes on from this moment. Never back: codes that
 * were used in the future would be refused until then. The specs that do it run last.
 */
export async function setClock(moment: Date): Promise<void> {
  const [{ ahead }] = await query(`select extract(epoch from timestamptz '${moment.toISOString()}' - clock()) as ahead`);
  if (Number(ahead) < 0) throw new Error(`${moment.toISOString()} has passed`);
  await query(
    `do $do$ begin execute format(
       'create or replace function clock() returns timestamptz language sql volatile as $clock$
          select clock_timestamp() + interval ''%s'' $clock$',
       timestamptz '${moment.toISOString()}' - clock_timestamp()); end $do$`,
  );
}

/** So many seconds before a moment. */
export const before = (moment: Date, seconds: number): Date => new Date(moment.getTime() - seconds * 1_000);
