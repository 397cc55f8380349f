// Sending a mail with swaks, as a person at a terminal or another mail server would.
import { spawn } from 'node:child_process';

/**
 * Hands `bytes` to the server at { host, port }. `from` is the envelope sender ('' for a bounce).
 * Fails with the whole dialogue when the server does not take the mail.
 */
export function swaks({ host, port }, { from, to, bytes }) {
  const words = ['--server', `${host}:${port}`, '--from', from || '<>', '--to', to, '--helo', 'mail.customer.example'];
  const child = spawn('swaks', [...words, '--data', '-', '--no-data-fixup']);
  // Without its fix-ups swaks writes what it is given and one CRLF: the dots of SMTP are ours to add.
  child.stdin.end(bytes.toString('latin1').replace(/^\./gm, '..') + '.', 'latin1');
  return new Promise((done, fail) => {
    let dialogue = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (dialogue += data));
    child.on('error', (error) =>
      fail(new Error('swaks is missing: install the Debian package swaks', { cause: error })),
    );
    child.on('close', (code) =>
      code === 0 ? done(dialogue) : fail(new Error(`swaks ended with ${code}:\n${dialogue}`)),
    );
  });
}
