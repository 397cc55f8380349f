// An SMTP client that knows exactly how far it came: what was promised to it, what is unclear.
import { Broken, Lines } from './lines.mjs';

/** One connection to an SMTP server. */
export class SmtpClient {
  #lines;

  /** Connects and says hello; fails when nobody listens. */
  static async connect(place) {
    const client = new SmtpClient();
    client.#lines = await Lines.connect(place);
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
      this.#lines.say(bytes.toString('latin1').replace(/^\./gm, '..'));
      await this.#command('.', 250);
      return 'acked';
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      return onItsWay ? 'unclear' : 'unsent';
    }
  }

  /** Leaves without waiting. */
  close() {
    this.#lines.close();
  }

  async #command(line, code) {
    this.#lines.say(`${line}\r\n`);
    await this.#expect(code);
  }

  async #expect(code) {
    const [line, said] = await this.#lines.until(/^(\d{3}) .*\r\n/m);
    if (Number(said) !== code) throw new Error(`wanted ${code}, heard ${line.trim()}`);
  }
}
