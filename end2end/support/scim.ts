import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

export const TOKEN = 'token-of-the-journey-4711';

type Resource = { id: string; displayName?: string; userName?: string; active?: boolean; members?: { value: string }[] };

/** A port that nobody uses. */
async function free(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** A real SCIM server, which `cargo xtask setup` installed. */
export async function application() {
  const port = await free();
  const python = join(__dirname, '../../target/peers/bin/python');
  const run = 'from scim2_server.testserver.cli import main; main()';
  const child = spawn(python, ['-c', run, '--port', String(port), '--bearer-token', TOKEN], { stdio: 'ignore' });
  const address = `http://127.0.0.1:${port}/v2`;
  const all = async (kind: 'Users' | 'Groups'): Promise<Resource[]> => {
    const answer = await fetch(`${address}/${kind}?count=1000`, { headers: { authorization: `Bearer ${TOKEN}` } });
    return ((await answer.json()) as { Resources?: Resource[] }).Resources ?? [];
  };
  for (let tries = 0; ; tries += 1) {
    try {
      await all('Users');
      break;
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((wait) => setTimeout(wait, 100));
    }
  }
  /** The user names in the group of this name. */
  const members = async (group: string): Promise<string[]> => {
    const users = await all('Users');
    const there = (await all('Groups')).find(({ displayName }) => displayName === group);
    return (there?.members ?? []).map(({ value }) => users.find(({ id }) => id === value)?.userName ?? value).sort();
  };
  return { address, all, members, close: () => child.kill() };
}
