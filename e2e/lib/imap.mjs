// Putting a mail into a mailbox of the test's Dovecot, as another mail program would.
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { imap } from './surroundings.mjs';

/** Appends each of `mails` (bytes) to `folder` of `user`; the password is always `test`. */
export async function append(user, mails, { folder = 'INBOX' } = {}) {
  const { host, port } = imap();
  const session = new Session(createConnection({ host, port }));
  try {
    await session.greeting();
    await session.ask(`LOGIN "${user}" "test"`);
    for (const bytes of mails) await session.give(`APPEND "${folder}" {${bytes.length}}`, bytes);
    await session.ask('LOGOUT');
  } finally {
    session.socket.destroy();
  }
}

class Session {
  #heard = '';
  #ended = false;
  #last = 0;

  constructor(socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (data) => (this.#heard += data));
    socket.on('close', () => (this.#ended = true));
  }

  greeting = () => this.#until(/^\* OK.*\r\n/);

  async ask(command) {
    const tag = this.#send(command);
    return this.#answer(tag, command);
  }

  /** A command that ends in `{size}`: waits for the server's "go on" and sends the bytes. */
  async give(command, bytes) {
    const tag = this.#send(command);
    const [line] = await this.#until(new RegExp(`^(\\+|${tag} ).*\\r\\n`, 'm'));
    if (line.startsWith('+')) {
      this.socket.write(bytes);
      this.socket.write('\r\n');
    }
    return this.#answer(tag, command);
  }

  #send(command) {
    this.#heard = '';
    const tag = `a${(this.#last += 1)}`;
    this.socket.write(`${tag} ${command}\r\n`);
    return tag;
  }

  async #answer(tag, command) {
    const [line] = await this.#until(new RegExp(`^${tag} .*\\r\\n`, 'm'));
    if (!line.startsWith(`${tag} OK`)) throw new Error(`${command.split(' ')[0]}: ${line.trim()}`);
    return this.#heard;
  }

  async #until(pattern) {
    for (;;) {
      const found = pattern.exec(this.#heard);
      if (found) return found;
      if (this.#ended) throw new Error(`Dovecot closed the connection after: ${this.#heard}`);
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    }
  }
}
