// The shapes of the HTTP API as the console reads them. Named as in the API's own document, so
// that this file can be replaced by one made from `docs/api/openapi.json`.

export type Role = 'assistant' | 'agent' | 'supervisor' | 'administrator';
export type Verb = 'read' | 'draft' | 'send' | 'approve' | 'assign' | 'export' | 'see_address' | 'administer';
export type Language = 'ja' | 'en';

export type Status = 'new' | 'open' | 'waiting_on_customer' | 'waiting_inside' | 'done';
export type Outcome = 'answered' | 'no_reply_needed' | 'merged' | 'spam';
export type Priority = 'low' | 'normal' | 'high' | 'urgent';
export type Lane =
  'done' | 'aside' | 'in_approval' | 'waiting_on_customer' | 'waiting_inside' | 'working' | 'new' | 'todo';
export type Shelf = 'spam' | 'virus' | 'bounce' | 'automatic';
export type Sort = 'due' | '-last_message' | 'last_message' | '-created' | 'priority';
export type Then = 'waiting_on_customer' | 'done' | 'stay';
export type QuoteWhere = 'below' | 'above' | 'none';
export type OutboundState = 'held' | 'queued' | 'sending' | 'accepted' | 'deferred' | 'refused' | 'unknown' | 'bounced';

/** A page of a list; `next` goes into `after` as it is. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

/** Somebody of the desk. */
export interface Person {
  id: number;
  name: string;
}

export interface Address {
  name: string | null;
  address: string;
}

export interface MailboxName {
  id: number;
  address: string;
  name: string;
}

/** Who wrote; the address is null for whoever may not see addresses. */
export interface Contact {
  id: number;
  name: string;
  address: string | null;
}

export interface Me {
  agent: Person & { email: string; role: Role; language: Language; timezone: string };
  desk: { name: string; language: Language; timezone: string };
  rights: Verb[];
  csrf: string;
  version: string;
  sending_off: number[];
  mailboxes: (MailboxName & { line_width: number })[];
}

export interface Ticket {
  number: number;
  channel: string;
  subject: string;
  status: Status;
  status_code: number;
  lane: Lane;
  shelf: Shelf | null;
  outcome: Outcome | null;
  outcome_reason: string | null;
  priority: Priority;
  assignee: Person | null;
  mailbox: MailboxName;
  contact: Contact | null;
  tags: string[];
  excerpt: string;
  kind: string;
  due_at: string | null;
  snoozed_until: string | null;
  delivery: 'ok' | 'failed' | 'unknown' | null;
  last_message_at: string;
  last_message_id: number | null;
  created_at: string;
  suggestion: { number: number; because: string } | null;
  merged_into: number | null;
  version: number;
}

/** What of a ticket a person may change. */
export type TicketChange = Partial<Pick<Ticket, 'status' | 'outcome' | 'outcome_reason' | 'priority'>> & {
  /** Takes it off a shelf: it is not spam after all. */
  not_spam?: boolean;
};

export interface Counts {
  lanes: Record<Exclude<Lane, 'aside'>, number>;
  shelves: Record<Shelf, number>;
  mine: number;
}

/** Unicode scalar offsets into a text. */
export interface Span {
  start: number;
  end: number;
}

export interface Attachment {
  n: number;
  name: string | null;
  media_type: string;
  size: number;
  inline: boolean;
  content_id: string | null;
  dangers: string[];
}

export interface Outbound {
  id: number;
  state: OutboundState;
  not_before: string;
  answer: string | null;
  automatic: boolean;
  recipients: { address: string; state: OutboundState; answer: string | null }[];
}

export interface Message {
  id: number;
  ticket: number;
  channel: string;
  direction: 'in' | 'out' | 'note';
  kind: string;
  from: Address | null;
  to: Address[];
  cc: Address[];
  subject: string;
  at: string;
  text: string;
  new_text: string;
  quoted: Span[];
  signature: string | null;
  has_html: boolean;
  attachments: Attachment[];
  outbound: Outbound | null;
  author: Person | null;
  because: ({ code: string } & Record<string, unknown>) | null;
  suspicions: string[];
  warnings: string[];
  problems: string[];
  size: number | null;
  sha256: string | null;
}

export interface MailHeader {
  name: string;
  value: string;
  raw: string;
}

export interface Quote {
  message: number;
  where: QuoteWhere;
  cut: [number, number][];
}

/** A file of our own that waits to be sent. */
export interface Upload {
  id: number;
  name: string;
  media_type: string;
  size: number;
}

/** What of a draft the writer may change. */
export interface DraftBody {
  text: string;
  quote: Quote | null;
  to: Address[];
  cc: Address[];
  bcc: Address[];
  attachments: Upload[];
  based_on: number | null;
  then: Then;
}

export interface Draft extends DraftBody {
  version: number;
  subject: string;
  /** The words that can be quoted, as the customer wrote them. */
  original_text: string;
  quote_text: string;
  /** What the server puts under the words. */
  signature: string;
  /** Full-width columns a line has. */
  line_width: number;
  writer: Person | null;
  begun_at: string | null;
  saved_at: string | null;
}

export interface HistoryEntry {
  id: number;
  at: string;
  kind: string;
  actor: Person | null;
  detail: Record<string, unknown>;
}

export interface Found {
  ticket: Ticket;
  message: number;
  excerpt: string;
  at: string;
}

export interface Agent extends Person {
  /** Only for administrators and oneself. */
  email: string | null;
  role: Role;
  active: boolean;
  version: number;
}

export type Security = 'required' | 'starttls' | 'none';

/** How a mailbox is reached; null is the usual port, or the address as user. */
export interface Server {
  host: string | null;
  port: number | null;
  tls: Security;
  user: string | null;
}

export type IncomingKind = 'imap' | 'pop3' | 'smtp' | 'import' | 'none';

/** A server as it is written; an empty password leaves the saved one. */
export type ServerChange = Server & { password?: string };
export type IncomingChange = ServerChange & { kind: IncomingKind };

export interface MailboxBody {
  address: string;
  name: string;
  company: string;
  signature: string;
  incoming: IncomingChange;
  outgoing: ServerChange;
  sending: 'off' | 'on';
  hold_seconds: number;
  cool_down_seconds: number;
  line_width: number;
  after_fetch: string;
  acknowledge: 'off' | 'on';
  acknowledge_text: string;
  catch_all: boolean;
}

export type PastMail = 'off' | 'running' | 'paused' | 'done';

export interface LedgerFolder {
  name: string;
  past: PastMail;
  uidvalidity: number;
  server: number;
  live: number;
  past_taken: number;
  past_not_taken: number;
}

export interface Health {
  state: 'ok' | 'waiting' | 'failing' | 'off';
  code: string | null;
  said: string | null;
  since: string | null;
  last_ok_at: string | null;
  folders: LedgerFolder[];
}

export interface Mailbox extends Omit<MailboxBody, 'incoming' | 'outgoing'> {
  id: number;
  version: number;
  /** Only for administrators. */
  incoming: (Server & { kind: IncomingKind; has_password: boolean }) | null;
  outgoing: (Server & { has_password: boolean }) | null;
  health: Health;
}

/** One half of a connection test. */
export interface Tried {
  ok: boolean;
  code: string | null;
  said: string | null;
  folders: string[];
  messages: number | null;
}

export interface Tested {
  incoming: Tried | null;
  outgoing: Tried | null;
}

export interface Preset {
  incoming: Partial<Server> | null;
  outgoing: Partial<Server> | null;
  note: string | null;
}

export interface Job {
  id: number;
  kind: string;
  attempts: number;
  last_error: string | null;
  run_at: string | null;
  dead_at: string | null;
}

/** One row of the list of mails on their way out. */
export interface OutboundRow {
  id: number;
  ticket: number;
  state: OutboundState;
  not_before: string;
  attempts: number;
  answer: string | null;
  automatic: boolean;
  to: string[];
  created_at: string;
}

export interface Token {
  id: number;
  name: string;
  may: Verb[] | null;
  created_at: string;
  last_used_at?: string | null;
  /** Only in the answer to its making. */
  token?: string;
}

export interface Settings {
  version: number;
  name: string;
  language: Language;
  timezone: string;
  reopen_days: number;
}

/** What an `event: change` says: ids and codes, never text. */
export interface Change {
  id: number;
  kind: string;
  ticket: number | null;
  mailbox?: number | null;
  assignee?: number | null;
  lane?: Lane | null;
  version?: number | null;
}

/** RFC 9457; its sentence on screens is the word `problem.<last part of type>`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  params?: Record<string, string | number>;
  errors?: { field: string; code: string; line?: number }[];
  current?: unknown;
  request_id?: string;
}
