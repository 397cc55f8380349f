// An SMTP client that knows exactly how far it came: what was promised to it, what is unclear.
import { once } from 'node:events';
import { createConnection } from 'node:net';

/** One connection to an SMTP server. */
export class SmtpClient {
  #heard = '';
  #ended = false;

  /** Connects and says hello; fails when nobody listens. */
  static async connect({ host, port }) {
    const client = new SmtpClient();
    client.socket = createConnection({ host, port });
    client.socket.on('error', () => {});
    client.socket.on('close', () => (client.#ended = true));
    client.socket.on('data', (data) => (client.#heard += data.toString('latin1')));
    await client.#expect(220);
    await client.#command('EHLO mail.customer.example', 250);
    return client;
  }

  /**
   * Sends one mail. 'acked': the server promised to keep it. 'unclear': the connection broke after
   * the mail was on its way. 'unsent': it broke before. A refusal is an error.
   */
  async send({ from, to, bytes }) {
    let onItsWay = false;
    try {
      await this.#command(`MAIL FROM:<${from}>`, 250);
      await this.#command(`RCPT TO:<${to}>`, 250);
      await this.#command('DATA', 354);
      onItsWay = true;
      this.socket.write(bytes.toString('latin1').replace(/^\./gm, '..'), 'latin1');
      await this.#command('.', 250);
      return 'acked';
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      return onItsWay ? 'unclear' : 'unsent';
    }
  }

  /** Leaves without waiting. */
  close() {
    this.socket.end('QUIT\r\n');
    this.socket.destroy();
  }

  async #command(line, code) {
    if (this.#ended) throw new Broken();
    this.socket.write(`${line}\r\n`);
    await this.#expect(code);
  }

  async #expect(code) {
    for (;;) {
      const answer = /^(\d{3}) .*\r\n/m.exec(this.#heard);
      if (answer) {
        this.#heard = this.#heard.slice(answer.index + answer[0].length);
        if (Number(answer[1]) !== code) throw new Error(`wanted ${code}, heard ${answer[0].trim()}`);
        return;
      }
      if (this.#ended) throw new Broken();
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]).catch(() => {});
    }
  }
}

/** The other side went away. */
class Broken extends Error {}
