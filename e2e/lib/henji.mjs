// A real `henji` with a folder of its own, on free loopback ports.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { freshDatabase } from './database.mjs';
import { freePorts } from './ports.mjs';
import { authority, henjiProgram, scratchFolder } from './surroundings.mjs';
import { eventually } from './wait.mjs';

const LAST_WORDS = 30;
const STOP_MS = 15_000;

/** One desk: a data folder, a database, and now and then a process that serves it. */
export class Henji {
  /** Lines of standard output and error since the last start. */
  said = [];
  /** How long the last start took until the desk was ready, in milliseconds. */
  readyAfter = 0;
  #process = null;

  /** Makes a fresh desk and starts it. */
  static async start({ database = 'sqlite' } = {}) {
    const henji = new Henji();
    henji.folder = await mkdtemp(join(scratchFolder(), 'desk-'));
    henji.database = database;
    henji.variables = await freshDatabase(database, henji.folder);
    const [web, smtp] = await freePorts(2);
    henji.url = `http://127.0.0.1:${web}`;
    henji.smtp = { host: '127.0.0.1', port: smtp };
    await henji.begin();
    return henji;
  }

  /** Starts the process on the same folder and the same ports, and waits until it is ready. */
  async begin() {
    this.said = [];
    const begun = performance.now();
    const server = spawn(henjiProgram(), this.#serve(), {
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = server;
    for (const stream of [server.stdout, server.stderr]) this.#listen(stream);
    await eventually('henji to be ready', async () => {
      if (server.exitCode !== null || server.signalCode) throw new Error('henji ended while starting');
      return (await fetch(`${this.url}/health/ready`)).ok;
    }).catch((error) => {
      throw new Error(`henji did not start:\n${this.lastWords()}`, { cause: error });
    });
    this.readyAfter = performance.now() - begun;
  }

  /** The one-time link printed at the first start. */
  async setupLink() {
    return eventually(
      'the setup link on standard output',
      () => /http:\/\/\S+\/setup\S*/.exec(this.said.join('\n'))?.[0],
    );
  }

  /** Ends it as a power cut would: no goodbye. */
  async kill() {
    await this.#end('SIGKILL');
  }

  /** Ends it as a person would; fails when it does not leave by itself. */
  async stop() {
    const server = this.#process;
    if (!server || server.exitCode !== null || server.signalCode) return;
    await this.#end('SIGTERM');
    if (server.exitCode !== 0)
      throw new Error(`henji left with ${server.exitCode ?? server.signalCode}:\n${this.lastWords()}`);
  }

  /** Runs another `henji` command on the same folder to its end: { code, signal, out, err }. */
  command(words, { language = 'en', input = '', onStart = () => {} } = {}) {
    const child = spawn(henjiProgram(), ['--data', this.folder, '--lang', language, ...words], {
      env: this.#environment(),
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    onStart(child);
    return new Promise((done, fail) => {
      const parts = { out: '', err: '' };
      child.stdout.on('data', (data) => (parts.out += data));
      child.stderr.on('data', (data) => (parts.err += data));
      child.on('error', fail);
      child.on('close', (code, signal) => done({ code, signal, ...parts }));
    });
  }

  /** The last lines it said, for a failed story. */
  lastWords() {
    return this.said.slice(-LAST_WORDS).join('\n');
  }

  #serve() {
    return ['--data', this.folder, '--lang', 'en', 'serve', '--listen', new URL(this.url).host];
  }

  /** The tests' own HENJI_… variables are not settings of the desk. */
  #environment() {
    const others = Object.entries(process.env).filter(([name]) => !name.startsWith('HENJI_'));
    return {
      ...Object.fromEntries(others),
      HENJI_SMTP_IN__LISTEN: `${this.smtp.host}:${this.smtp.port}`,
      HENJI_CA_FILE: authority(),
      ...this.variables,
    };
  }

  #listen(stream) {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (data) => {
      const lines = (rest + data).split('\n');
      rest = lines.pop();
      this.said.push(...lines);
    });
  }

  async #end(signal) {
    const server = this.#process;
    if (!server || server.exitCode !== null || server.signalCode) return;
    const gone = once(server, 'exit', { signal: AbortSignal.timeout(STOP_MS) });
    server.kill(signal);
    await gone.catch(() => {
      server.kill('SIGKILL');
      throw new Error(`henji did not end within ${STOP_MS} ms of ${signal}:\n${this.lastWords()}`);
    });
  }
}
