// What the other side of a socket says, waited for by pattern.
import { once } from 'node:events';
import { createConnection } from 'node:net';

/** The other side went away. */
export class Broken extends Error {}

/** A connection that speaks in lines. */
export class Lines {
  #heard = '';
  #ended = false;
  /** Called when something was heard or the connection ended. */
  #wake = () => {};

  /** Connects; fails when nobody listens. */
  static async connect({ host, port }) {
    const lines = new Lines();
    lines.socket = createConnection({ host, port });
    await once(lines.socket, 'connect');
    lines.socket.on('error', () => {});
    lines.socket.on('close', () => {
      lines.#ended = true;
      lines.#wake();
    });
    lines.socket.on('data', (data) => {
      lines.#heard += data.toString('latin1');
      lines.#wake();
    });
    return lines;
  }

  /** Writes text (one byte a character) or bytes. */
  say(text) {
    if (this.#ended) throw new Broken('the connection is closed');
    this.socket.write(text, 'latin1');
  }

  /** Waits for `pattern` and forgets everything up to its end; Broken when the other side leaves first. */
  async until(pattern) {
    for (;;) {
      const found = pattern.exec(this.#heard);
      if (found) {
        this.#heard = this.#heard.slice(found.index + found[0].length);
        return found;
      }
      if (this.#ended) throw new Broken(`the connection was closed after: ${this.#heard}`);
      await new Promise((wake) => (this.#wake = wake));
    }
  }

  close() {
    this.socket.destroy();
  }
}
