// The shapes of the HTTP API under the names that the console uses. `schema.d.ts` is made anew from
// `docs/api/openapi.json` before every build and check; names stand here, and nothing else. By hand, because the
// document has no words for it: what the event stream says, and what is inside `because` and `params`.
import type { components } from './schema';

type Schemas = components['schemas'];

export type Language = Schemas['Language'];
export type Sort = Schemas['Sort'];
export type Role = Schemas['Role'];
export type Verb = Schemas['Verb'];
export type Status = Schemas['Status'];
export type Outcome = Schemas['Outcome'];
export type Priority = Schemas['Priority'];
export type Lane = Schemas['Lane'];
export type Then = Schemas['Then'];
export type QuoteWhere = Schemas['QuotePlace'];
export type OutboundState = Schemas['OutboundState'];
export type Resolution = Schemas['Resolution'];
export type Security = Schemas['Tls'];

/** A page of a list; `next` goes into `after` as it is. */
export type Page<T> = Omit<Schemas['Page_Ticket'], 'items'> & { items: T[] };

/** RFC 9457; its sentence on screens is the word `problem.<last part of type>`. */
export type Problem = Omit<Schemas['Problem'], 'params'> & { params?: Record<string, string | number> };

// Who is here.

export type Setup = Schemas['Setup'];
export type SetUp = Schemas['SetUp'];
export type SignIn = Schemas['SignIn'];
export type Me = Schemas['Me'];
export type OwnChange = Schemas['OwnChange'];

/** Somebody of the desk. */
export type Person = Schemas['Named'];
export type Agent = Schemas['Agent'];
export type NewAgent = Schemas['NewAgent'];
export type AgentChange = Schemas['AgentChange'];

// Tickets and their messages.

export type Ticket = Schemas['Ticket'];

/** What of a ticket a person may change, shown at once as the ticket's own. */
export type TicketChange = Partial<Pick<Ticket, keyof Ticket & keyof Schemas['TicketChange']>> &
  Pick<Schemas['TicketChange'], 'not_spam'>;

export type Counts = Schemas['Counts'];

export type Address = Schemas['Address'];
/** Unicode scalar offsets into a text. */
export type Span = Schemas['Span'];
export type Attachment = Schemas['Attachment'];
export type Outbound = Schemas['Outbound'];
export type Message = Omit<Schemas['Message'], 'because'> & { because: { code: string } | null };
export type MailHeaders = Schemas['Headers'];
export type HistoryEntry = Schemas['Event'];
export type Found = Schemas['Found'];

// Replies.

export type Quote = Required<Schemas['Quote']>;
/** A file of our own that waits to be sent. */
export type Upload = Schemas['Upload'];
export type Draft = Omit<Schemas['Draft'], 'quote'> & { quote: Quote | null };
/** What of a draft the writer may change. */
export type DraftBody = Pick<Draft, keyof Content>;
export type Content = Schemas['Content'];
export type SaveDraft = Schemas['SaveDraft'];
export type Reply = Schemas['Reply'];
export type Replied = Schemas['Queued'];
/** One row of the list of mails on their way out. */
export type OutboundRow = Schemas['OutboxItem'];

// Mailboxes.

export type Mailbox = Schemas['Mailbox'];
export type Health = Mailbox['health'];
/** How a mailbox is reached; a null port is the usual one, a null user the address. */
export type Server = Omit<Schemas['Outgoing'], 'has_password'>;
export type MailboxChange = Schemas['MailboxChange'];

/** A server as it is written: null leaves what is saved, an empty text takes it away; an empty password is none. */
export type ServerChange = Server & Pick<Schemas['OutgoingChange'], 'password'>;
/** All that a form of a mailbox holds. */
export type MailboxBody = Omit<Mailbox, 'id' | 'version' | 'health' | 'incoming' | 'outgoing'> & {
  incoming: ServerChange & Pick<Schemas['Incoming'], 'kind'>;
  outgoing: ServerChange;
};

export type FetchPast = Schemas['FetchPast'];
export type MailboxTest = Schemas['Test'];
export type Tested = Schemas['Tested'];
/** One half of a connection test. */
export type Tried = Schemas['Tried'];

/** What is known about the servers of an address. */
export type Preset = Schemas['Preset'];

// The desk.

export type Settings = Schemas['Settings'];
export type SettingsChange = Schemas['DeskSettingsChange'];
export type Job = Schemas['Job'];
export type Token = Schemas['Token'];
export type NewToken = Schemas['NewToken'];
export type MakeToken = Schemas['MakeToken'];

/** What an `event: change` says: ids and codes, never text. */
export interface Change {
  id: number;
  kind: Schemas['EventKind'];
  ticket: number | null;
  mailbox: number | null;
  team: number | null;
  assignee: number | null;
  lane: Lane | null;
  version: number | null;
}
