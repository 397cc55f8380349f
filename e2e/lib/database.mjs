// Where a desk keeps its things: a fresh SQLite file, or a fresh database in the PostgreSQL of this run.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { postgres } from './surroundings.mjs';

const run = promisify(execFile);

/** The two databases every promise is tested on. */
export const DATABASES = ['sqlite', 'postgres'];

/** Makes what `kind` needs in `folder` and gives the environment variables that choose it. */
export async function freshDatabase(kind, folder) {
  if (kind === 'sqlite') return {};
  const name = `story_${randomBytes(6).toString('hex')}`;
  await run('psql', [postgres(), '--quiet', '-c', `create database ${name}`]);
  const key = join(folder, 'desk.key');
  await writeFile(key, randomBytes(32), { mode: 0o600 });
  const url = new URL(postgres());
  url.pathname = `/${name}`;
  // A node keeps its name: after a crash it may take its own work up again without waiting.
  return { HENJI_DATABASE: url.href, HENJI_SECRET_KEY_FILE: key, HENJI_NODE: 'the-only-node' };
}
