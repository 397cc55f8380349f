// The form of a mailbox: what the person knows (address, password) first, servers filled in by the
// provider's usual ones, tried before it is saved. Used by the settings and by the first start.
import { newKey } from '../../lib/api/client';
import { mailboxes } from '../../lib/api/desk';
import type { Mailbox, MailboxBody, Security, Server, Tested } from '../../lib/api/types';
import { fieldTroubles, trouble } from '../../lib/text/trouble';

export type Way = 'imap' | 'smtp' | 'none';

/** Ports that go with each kind of protection, in and out. */
export const PORTS: Record<Security, { imap: number; smtp: number }> = {
  required: { imap: 993, smtp: 465 },
  starttls: { imap: 143, smtp: 587 },
  none: { imap: 143, smtp: 25 },
};

const NEW: MailboxBody = {
  address: '',
  name: '',
  company: '',
  signature: '',
  incoming: { kind: 'imap', host: '', port: 993, tls: 'required', user: '', password: '' },
  outgoing: { host: '', port: 465, tls: 'required', user: '', password: '' },
  sending: 'off',
  hold_seconds: 20,
  cool_down_seconds: 600,
  line_width: 35,
  after_fetch: 'leave',
  acknowledge: 'off',
  acknowledge_text: '',
  catch_all: false,
};

export class MailboxForm {
  body = $state<MailboxBody>(structuredClone(NEW));
  /** One password for both ways, as nearly all providers have it. */
  samePassword = $state(true);
  /** Server names and ports are on screen. */
  details = $state(false);
  testing = $state(false);
  saving = $state(false);
  tested = $state.raw<Tested | null>(null);
  /** What to know about this provider: `mailbox.note.<code>`. */
  note = $state<string | null>(null);
  trouble = $state<string | null>(null);
  fields = $state.raw<Record<string, string>>({});
  saved = $state.raw<Mailbox | null>(null);
  #once = newKey();
  #askedFor = '';

  constructor(mailbox: Mailbox | null = null) {
    if (mailbox) this.fill(mailbox);
  }

  /** What was tried last works, as far as it was tried. */
  works = $derived(this.tested !== null && (this.tested.incoming?.ok ?? true) && (this.tested.outgoing?.ok ?? true));

  /** Shows a saved mailbox; passwords stay with the server. */
  fill(mailbox: Mailbox): void {
    const { incoming, outgoing } = mailbox;
    this.saved = mailbox;
    this.body = {
      ...pick(mailbox),
      incoming: { ...server(incoming), kind: incoming?.kind ?? 'none', password: '' },
      outgoing: { ...server(outgoing), password: '' },
    };
    this.samePassword = true;
    this.details = true;
    this.tested = null;
    this.#askedFor = mailbox.address;
  }

  /** Asks for the usual servers of the address, once for each address; what a person filled in stays. */
  async look(): Promise<void> {
    const address = this.body.address.trim();
    if (!/.@.+\../.test(address) || address === this.#askedFor) return;
    this.#askedFor = address;
    try {
      const preset = await mailboxes.presets(address);
      this.note = preset?.note ?? null;
      Object.assign(this.body.incoming, preset?.incoming ?? {}, { kind: this.body.incoming.kind });
      Object.assign(this.body.outgoing, preset?.outgoing ?? {});
      this.details ||= !preset?.incoming.host;
    } catch {
      this.details = true;
    }
  }

  /** Chooses the protection and the port that goes with it. */
  protect(way: 'incoming' | 'outgoing', tls: Security): void {
    this.body[way].tls = tls;
    this.body[way].port = PORTS[tls][way === 'incoming' ? 'imap' : 'smtp'];
  }

  /** Tries to connect with what is on screen; true when all of it works. */
  async test(): Promise<boolean> {
    this.testing = true;
    this.trouble = null;
    this.fields = {};
    this.tested = null;
    try {
      const { address, incoming, outgoing } = this.toSend();
      this.tested = await mailboxes.test({ address, incoming, outgoing, ...(this.saved ? { id: this.saved.id } : {}) });
    } catch (cause) {
      this.#explain(cause);
    }
    this.testing = false;
    return this.works;
  }

  /** Saves; the mailbox as the server has it, or null with the reason in `trouble`. */
  async save(): Promise<Mailbox | null> {
    this.saving = true;
    this.trouble = null;
    this.fields = {};
    try {
      const body = this.toSend();
      const mailbox = this.saved
        ? await mailboxes.change(this.saved.id, { ...body, version: this.saved.version })
        : await mailboxes.add(body, this.#once);
      this.#once = newKey();
      this.fill(mailbox);
      return mailbox;
    } catch (cause) {
      this.#explain(cause);
      return null;
    } finally {
      this.saving = false;
    }
  }

  /** The body as it is sent: empty passwords are left out, the one password goes both ways. */
  toSend(): MailboxBody {
    const { incoming, outgoing, ...rest } = $state.snapshot(this.body);
    const password = incoming.password;
    const out = this.samePassword && incoming.kind === 'imap' ? password : outgoing.password;
    const address = rest.address.trim();
    return {
      ...rest,
      address,
      incoming: { ...without(incoming, address), kind: incoming.kind, ...(password ? { password } : {}) },
      outgoing: { ...without(outgoing, address), ...(out ? { password: out } : {}) },
    };
  }

  #explain(cause: unknown): void {
    this.fields = fieldTroubles(cause);
    this.trouble = trouble(cause);
    if (Object.keys(this.fields).some((field) => field.includes('.'))) this.details = true;
  }
}

function server(from: Server | null): Server {
  return { host: from?.host ?? '', port: from?.port ?? null, tls: from?.tls ?? 'required', user: from?.user ?? '' };
}

function without({ host, port, tls, user }: Server, address: string): Server {
  return { host: host?.trim() ?? '', port: port || null, tls, user: user?.trim() || address };
}

function pick(mailbox: Mailbox): Omit<MailboxBody, 'incoming' | 'outgoing'> {
  const { address, name, company, signature, sending, hold_seconds, cool_down_seconds, line_width } = mailbox;
  const { after_fetch, acknowledge, acknowledge_text, catch_all } = mailbox;
  return {
    ...{ address, name, company, signature, sending, hold_seconds, cool_down_seconds, line_width },
    ...{ after_fetch, acknowledge, acknowledge_text, catch_all },
  };
}
