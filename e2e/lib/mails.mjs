// Mails as customers, strangers and machines send them. All people are invented.
import { randomBytes } from 'node:crypto';

const CRLF = '\r\n';

/** A header value in UTF-8, as encoded words that split no character and leave room for "Subject: Re: ". */
export function encoded(text) {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const words = [];
  let part = '';
  for (const character of text) {
    if (Buffer.byteLength(part + character) > 36) {
      words.push(part);
      part = '';
    }
    part += character;
  }
  return [...words, part].map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(`${CRLF} `);
}

/** A fresh Message-ID without its brackets. */
export const messageId = (domain = 'customer.example') => `${randomBytes(12).toString('hex')}@${domain}`;

/**
 * A mail in plain text. `from` and `to` are { name?, address }, ids stand without brackets,
 * `headers` are further lines [name, value] exactly as given.
 */
export function mail({ from, to, subject, text, id = messageId(), references = [], headers = [], date = new Date() }) {
  const lines = [
    ['From', person(from)],
    ['To', person(to)],
    ['Subject', encoded(subject)],
    ['Date', date.toUTCString().replace('GMT', '+0000')],
    ['Message-ID', `<${id}>`],
    ...(references.length ? [['In-Reply-To', `<${references.at(-1)}>`]] : []),
    ...(references.length ? [['References', references.map((known) => `<${known}>`).join(`${CRLF} `)]] : []),
    ...headers,
    ['MIME-Version', '1.0'],
    ['Content-Type', 'text/plain; charset=UTF-8'],
    ['Content-Transfer-Encoding', 'base64'],
  ];
  const body = Buffer.from(text.replaceAll('\n', CRLF)).toString('base64').replace(/.{76}/g, `$&${CRLF}`);
  return Buffer.from(lines.map(([name, value]) => `${name}: ${value}${CRLF}`).join('') + CRLF + body + CRLF);
}

const person = ({ name, address }) => (name ? `${encoded(name)} <${address}>` : address);

/** What a mail server sends when `recipient` does not exist (RFC 3464), with the whole `original`. */
export function bounce({ original, recipient, to }) {
  const border = `border-${randomBytes(8).toString('hex')}`;
  const domain = recipient.split('@')[1];
  const parts = [
    [
      'Content-Type: text/plain; charset=us-ascii',
      '',
      `The mail could not be delivered to <${recipient}>.`,
      'The user is unknown.',
    ],
    [
      'Content-Type: message/delivery-status',
      '',
      `Reporting-MTA: dns; mx.${domain}`,
      '',
      `Final-Recipient: rfc822; ${recipient}`,
      'Action: failed',
      'Status: 5.1.1',
      `Diagnostic-Code: smtp; 550 5.1.1 <${recipient}>: user unknown`,
    ],
    ['Content-Type: message/rfc822', '', original.toString('latin1').replace(/\r\n$/, '')],
  ];
  const lines = [
    `From: Mail Delivery System <MAILER-DAEMON@mx.${domain}>`,
    `To: ${to}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${messageId(`mx.${domain}`)}>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${border}"`,
    '',
    ...parts.flatMap((part) => [`--${border}`, ...part]),
    `--${border}--`,
    '',
  ];
  return Buffer.from(lines.join(CRLF), 'latin1');
}
