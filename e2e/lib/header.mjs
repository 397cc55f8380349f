// Reading the headers of a mail just far enough for a story to compare them.

/** The headers of `bytes` in order: [{ name, raw, value }]; `value` is unfolded. */
export function headers(bytes) {
  const head = bytes.toString('latin1').split('\r\n\r\n')[0];
  return head.split(/\r\n(?![ \t])/).map((line) => {
    const colon = line.indexOf(':');
    const raw = line.slice(colon + 1).replace(/^ /, '');
    return { name: line.slice(0, colon), raw, value: raw.replace(/\r\n(?=[ \t])/g, '').trim() };
  });
}

/** The only header called `name`, unfolded; null when there is none, an error when there are two. */
export function header(bytes, name) {
  const found = headers(bytes).filter((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found.length > 1) throw new Error(`${found.length} headers ${name}`);
  return found[0]?.value ?? null;
}

/** The ids in a header, without brackets. */
export const ids = (bytes, name) => [...(header(bytes, name) ?? '').matchAll(/<([^<>\s]+)>/g)].map((found) => found[1]);

/** The text of a mail with one text part in base64 or 7bit, decoded by its charset. */
export function plainText(bytes) {
  const type = header(bytes, 'Content-Type') ?? '';
  const charset = /charset="?([^";\s]+)/i.exec(type)?.[1] ?? 'us-ascii';
  const body = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
  const base64 = /base64/i.test(header(bytes, 'Content-Transfer-Encoding') ?? '');
  const plain = base64 ? Buffer.from(body.toString('latin1'), 'base64') : body;
  return new TextDecoder(charset, { fatal: true }).decode(plain);
}

/** Encoded words in UTF-8 or ISO-2022-JP turned into text. */
export function decoded(value) {
  const joined = value.replace(/\?=\s+=\?/g, '?==?');
  return joined.replace(/=\?([^?]+)\?([BbQq])\?([^?]*)\?=/g, (_, charset, how, text) => {
    const quoted = () =>
      text.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/gi, (_hex, code) => String.fromCharCode(parseInt(code, 16)));
    const bytes = how.toUpperCase() === 'B' ? Buffer.from(text, 'base64') : Buffer.from(quoted(), 'latin1');
    return new TextDecoder(charset).decode(bytes);
  });
}
