// The shapes of the HTTP API under the names that the console uses. `schema.d.ts` is made anew from
// `docs/api/openapi.json` before every build and check; names stand here, and nothing else, except
// where the document says less than the server promises.
import type { components } from './schema';

type Schemas = components['schemas'];

/** The server writes every field of an answer, null where there is nothing; the document calls those optional. */
type Answer<T> = T extends object ? { [K in keyof T]-?: Answer<T[K]> } : T;

/** The server takes and keeps these languages only; the document calls them texts. */
type Speaking<T> = { [K in keyof T]: K extends 'language' ? Language : T[K] };

// By hand, because the document has no words for it: languages, orders of a list, presets of mailboxes, what the
// event stream says, and what is inside `because`, `params` and `counts`.

export type Language = 'ja' | 'en';
export type Sort = 'due' | '-last_message' | 'last_message' | '-created' | 'priority';

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
export type Page<T> = Omit<Answer<Schemas['Page_Ticket']>, 'items'> & { items: T[] };

/** RFC 9457; its sentence on screens is the word `problem.<last part of type>`. */
export type Problem = Omit<Schemas['Problem'], 'params'> & { params?: Record<string, string | number> };

// Who is here.

export type Setup = Schemas['Setup'];
export type SetUp = Schemas['SetUp'];
export type SignIn = Schemas['SignIn'];
export type Me = Omit<Schemas['Me'], 'agent' | 'desk'> & {
  agent: Speaking<Schemas['Myself']>;
  desk: Speaking<Schemas['DeskName']>;
};
export type OwnChange = Speaking<Schemas['OwnChange']>;

/** Somebody of the desk. */
export type Person = Schemas['Named'];
export type Agent = Answer<Schemas['Agent']>;
export type NewAgent = Schemas['NewAgent'];
export type AgentChange = Schemas['AgentChange'];

// Tickets and their messages.

export type Ticket = Answer<Schemas['Ticket']>;

/** What of a ticket a person may change, shown at once as the ticket's own. */
export type TicketChange = Partial<Pick<Ticket, keyof Ticket & keyof Schemas['TicketChange']>> &
  Pick<Schemas['TicketChange'], 'not_spam'>;

export type Counts = Omit<Schemas['Counts'], 'lanes' | 'shelves'> & {
  lanes: Record<Exclude<Lane, 'aside'>, number>;
  shelves: Record<Schemas['Shelf'], number>;
};

export type Address = Answer<Schemas['Address']>;
/** Unicode scalar offsets into a text. */
export type Span = Schemas['Span'];
export type Attachment = Answer<Schemas['Attachment']>;
export type Outbound = Answer<Schemas['Outbound']>;
export type Message = Omit<Answer<Schemas['Message']>, 'because'> & { because: { code: string } | null };
export type MailHeaders = Schemas['Headers'];
export type HistoryEntry = Answer<Schemas['Event']>;
export type Found = Answer<Schemas['Found']>;

// Replies.

export type Quote = Answer<Schemas['Quote']>;
/** A file of our own that waits to be sent. */
export type Upload = Schemas['Upload'];
export type Draft = Answer<Schemas['Draft']>;
/** What of a draft the writer may change. */
export type DraftBody = Pick<Draft, keyof Content>;
export type Content = Schemas['Content'];
export type SaveDraft = Schemas['SaveDraft'];
export type Reply = Schemas['Reply'];
export type Replied = Answer<Schemas['Queued']>;
/** One row of the list of mails on their way out. */
export type OutboundRow = Answer<Schemas['OutboxItem']>;

// Mailboxes.

export type Mailbox = Answer<Schemas['Mailbox']>;
export type Health = Mailbox['health'];
/** How a mailbox is reached; a null port is the usual one, a null user the address. */
export type Server = Omit<Answer<Schemas['Outgoing']>, 'has_password'>;
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
export type Tested = Answer<Schemas['Tested']>;
/** One half of a connection test. */
export type Tried = Answer<Schemas['Tried']>;

/** What is known about the servers of an address. */
export interface Preset {
  incoming: Server;
  outgoing: Server;
  /** What a person must know first: `mailbox.note.<code>`. */
  note: string | null;
}

// The desk.

export type Settings = Speaking<Schemas['Settings']>;
export type SettingsChange = Speaking<Schemas['DeskSettingsChange']>;
export type Job = Answer<Schemas['Job']>;
export type Token = Answer<Schemas['Token']>;
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
