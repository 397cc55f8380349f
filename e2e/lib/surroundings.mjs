// What `cargo xtask with-servers` hands over. Nothing is guessed: without it a story fails and says why.

const HOW = 'run `make test`, or: cargo xtask with-servers -- npm --prefix e2e test';

function needed(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: ${HOW}`);
  return value;
}

function place(name) {
  const [host, port] = needed(name).split(':');
  return { host, port: Number(port) };
}

/** The `henji` to test. */
export const henjiProgram = () => needed('HENJI_BIN');
/** Chromium. */
export const browserProgram = () => needed('CHROME_BIN');
/** Dovecot in plain: { host, port }. */
export const imap = () => place('HENJI_TEST_IMAP');
/** Dovecot in TLS. */
export const imapTls = () => place('HENJI_TEST_IMAP_TLS');
/** The authority that signed Dovecot's certificate. */
export const authority = () => needed('HENJI_TEST_CA');
/** The sink for outgoing mail. */
export const smtpSink = () => place('HENJI_TEST_SMTP');
/** Where the sink puts what it received. */
export const sinkFolder = () => needed('HENJI_TEST_SINK_DIR');
/** A folder that goes away after the run. */
export const scratchFolder = () => needed('HENJI_TEST_DIR');
/** PostgreSQL, for example postgres://henji@127.0.0.1:40123/postgres. */
export const postgres = () => needed('HENJI_TEST_POSTGRES');
