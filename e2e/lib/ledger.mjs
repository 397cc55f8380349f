// What the sender knows: every mail by the digest of its bytes. Compared with what the desk shows.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { eventually } from './wait.mjs';

const AT_ONCE = 8;
const READ_MS = 120_000;

/** SHA-256 in hex. */
export const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** The mails that must be on the desk, each exactly once. */
export class Ledger {
  #digests = new Set();

  /** Writes a mail in. */
  add(bytes) {
    this.#digests.add(digest(bytes));
  }

  get size() {
    return this.#digests.size;
  }

  /** Waits until everything has been read, then fails with what is lost and what is doubled. */
  async compare(api) {
    // Every mail of a fault story is a matter of its own, so tickets can be counted first.
    const enough = async () => (await api.all('/tickets')).length >= this.size;
    await eventually(`${this.size} tickets`, enough, { within: READ_MS }).catch(() => {});
    const times = new Map();
    for (const one of await incoming(api)) times.set(one, (times.get(one) ?? 0) + 1);
    const lost = [...this.#digests].filter((one) => !times.has(one));
    const doubled = [...times].filter(([, n]) => n > 1).map(([one]) => one);
    const strange = [...times.keys()].filter((one) => !this.#digests.has(one));
    assert.deepEqual({ lost, doubled, strange }, { lost: [], doubled: [], strange: [] });
  }
}

/** The digest of every incoming message of the desk, once for each time it is shown. */
async function incoming(api) {
  const tickets = await api.all('/tickets');
  const digests = [];
  for (let at = 0; at < tickets.length; at += AT_ONCE) {
    const lists = await Promise.all(
      tickets.slice(at, at + AT_ONCE).map(({ number }) => api.all(`/tickets/${number}/messages`)),
    );
    digests.push(
      ...lists
        .flat()
        .filter((message) => message.direction === 'in')
        .map((message) => message.sha256),
    );
  }
  return digests;
}
