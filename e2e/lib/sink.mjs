// What the sink of `with-servers` received.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sinkFolder } from './surroundings.mjs';
import { eventually } from './wait.mjs';

/** Every mail in the order of arrival: { n, from, to, refused, outcome, …, bytes }. */
export async function received() {
  const folder = sinkFolder();
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const mails = await Promise.all(
    names.map(async (name) => {
      const record = JSON.parse(await readFile(join(folder, name), 'utf8'));
      return { ...record, bytes: await readFile(join(folder, `${record.n}.eml`)) };
    }),
  );
  return mails.sort((a, b) => a.n - b.n);
}

/** Mails that went to `address`. */
export const receivedBy = async (address) => (await received()).filter((mail) => mail.to.includes(address));

/** Waits until `address` has at least `count` mails and gives them. */
export function waitForMail(address, count = 1, options) {
  return eventually(
    `${count} mail(s) to ${address} in the sink`,
    async () => {
      const mails = await receivedBy(address);
      return mails.length >= count && mails;
    },
    options,
  );
}
