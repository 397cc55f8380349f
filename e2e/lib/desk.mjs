// A desk that is set up and has mailboxes: the ground most stories begin on.
import { Api } from './api.mjs';
import { imapTls, smtpSink } from './surroundings.mjs';
import { LANGUAGE } from './words.mjs';

/** The people of the invented tea shop. */
export const ADMINISTRATOR = { name: '佐藤 美咲', email: 'misaki@shop.example', password: '茶葉は静かに開きます' };
export const DESK = { name: '緑茶堂 お客様係', language: LANGUAGE, timezone: 'Asia/Tokyo' };

/** Sets the desk up and signs its administrator in. */
export const setUp = (henji) => Api.setUp(henji, { desk: DESK, administrator: ADMINISTRATOR });

/** A mailbox that takes mail from the desk's own SMTP listener and sends through the sink. */
export const listening = (address, changes = {}) => mailbox(address, { kind: 'smtp' }, changes);

/** A mailbox that is fetched from Dovecot over TLS and sends through the sink. */
export function fetched(address, changes = {}) {
  const incoming = { kind: 'imap', ...imapTls(), tls: 'required', user: address, password: 'test' };
  return mailbox(address, incoming, changes);
}

function mailbox(address, incoming, changes) {
  return {
    address,
    name: address.split('@')[0],
    company: '緑茶堂',
    signature: '緑茶堂 お客様係',
    incoming,
    outgoing: { ...smtpSink(), tls: 'none', user: address, password: 'test' },
    sending: 'on',
    hold_seconds: 0,
    cool_down_seconds: 0,
    ...changes,
  };
}
