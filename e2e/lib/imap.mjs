// Putting mails into a mailbox of the test's Dovecot, as another mail program would.
import { Lines } from './lines.mjs';
import { imap } from './surroundings.mjs';

/** Appends each of `mails` (bytes) to `folder` of `user`; the password is always `test`. */
export async function append(user, mails, { folder = 'INBOX' } = {}) {
  const session = new Session(await Lines.connect(imap()));
  try {
    await session.lines.until(/^\* OK.*\r\n/);
    await session.ask(`LOGIN "${user}" "test"`);
    for (const bytes of mails) await session.give(`APPEND "${folder}" {${bytes.length}}`, bytes);
    await session.ask('LOGOUT');
  } finally {
    session.lines.close();
  }
}

class Session {
  #last = 0;

  constructor(lines) {
    this.lines = lines;
  }

  async ask(command) {
    return this.#answer(this.#send(command), command);
  }

  /** A command that ends in `{size}`: the bytes follow when the server says "go on". */
  async give(command, bytes) {
    const tag = this.#send(command);
    const [line] = await this.lines.until(new RegExp(`^(?:\\+.*|${tag} .*)\\r\\n`, 'm'));
    if (!line.startsWith('+')) this.#check(line, command);
    this.lines.say(bytes);
    this.lines.say('\r\n');
    return this.#answer(tag, command);
  }

  #send(command) {
    const tag = `a${(this.#last += 1)}`;
    this.lines.say(`${tag} ${command}\r\n`);
    return tag;
  }

  async #answer(tag, command) {
    const [, answer] = await this.lines.until(new RegExp(`^${tag} (.*)\\r\\n`, 'm'));
    this.#check(answer, command);
  }

  #check(answer, command) {
    if (!answer.startsWith('OK')) throw new Error(`${command.split(' ')[0]}: ${answer.trim()}`);
  }
}
