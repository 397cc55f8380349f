// Every question the console asks, one line each. Nothing else calls `ask`.
import { address, ask, askText, type Query } from './client';
import type * as A from './types';

export const session = {
  setupNeeded: () => ask<A.Setup>('GET', '/setup'),
  setUp: (body: A.SetUp) => ask<A.Me>('POST', '/setup', { body }),
  signIn: (email: string, password: string) =>
    ask<A.Me>('POST', '/session', { body: { email, password } satisfies A.SignIn }),
  signOut: () => ask<void>('DELETE', '/session'),
  me: () => ask<A.Me>('GET', '/me'),
  change: (body: A.OwnChange) => ask<A.Me>('PATCH', '/me', { body }),
};

export const tickets = {
  list: (query: Query, signal?: AbortSignal) =>
    ask<A.Page<A.Ticket>>('GET', '/tickets', signal ? { query, signal } : { query }),
  byNumbers: (numbers: number[]) =>
    ask<A.Page<A.Ticket>>('GET', '/tickets', { query: { numbers: numbers.join(','), limit: 100 } }),
  counts: () => ask<A.Counts>('GET', '/tickets/counts'),
  show: (number: number) => ask<A.Ticket>('GET', `/tickets/${number}`),
  change: (number: number, body: A.TicketChange & { version: number }) =>
    ask<A.Ticket>('PATCH', `/tickets/${number}`, { body }),
  assign: (number: number, agent: number | null) =>
    ask<A.Ticket>('POST', `/tickets/${number}/assign`, { body: { agent } }),
  note: (number: number, text: string, once: string) =>
    ask<A.Message>('POST', `/tickets/${number}/notes`, { body: { text }, once }),
  join: (number: number, into: number) => ask<A.Ticket>('POST', `/tickets/${number}/merge`, { body: { into } }),
  history: (number: number, after?: string | null) =>
    ask<A.Page<A.HistoryEntry>>('GET', `/tickets/${number}/history`, { query: { after, limit: 100 } }),
  messages: (number: number, after?: string | null) =>
    ask<A.Page<A.Message>>('GET', `/tickets/${number}/messages`, { query: { after, limit: 30 } }),
  search: (q: string, after?: string | null, signal?: AbortSignal) =>
    ask<A.Page<A.Found>>('GET', '/search', signal ? { query: { q, after }, signal } : { query: { q, after } }),
};

export const messages = {
  show: (id: number) => ask<A.Message>('GET', `/messages/${id}`),
  headers: (id: number) => ask<A.MailHeaders>('GET', `/messages/${id}/headers`),
  raw: (id: number) => askText(`/messages/${id}/raw`),
  rawAddress: (id: number) => address(`/messages/${id}/raw`),
  htmlAddress: (id: number) => address(`/messages/${id}/html`),
  attachmentAddress: (id: number, n: number) => address(`/messages/${id}/attachments/${n}`),
};

export const drafts = {
  show: (number: number) => ask<A.Draft>('GET', `/tickets/${number}/draft`),
  save: (number: number, version: number, body: A.DraftBody) =>
    ask<A.Draft>('PUT', `/tickets/${number}/draft`, { body: { ...sent(body), version } satisfies A.SaveDraft }),
  discard: (number: number, version: number) => ask<void>('DELETE', `/tickets/${number}/draft`, { query: { version } }),
  take: (number: number) => ask<A.Draft>('POST', `/tickets/${number}/draft/take`, { body: {} }),
  upload: (file: File, once: string) =>
    ask<A.Upload>('POST', '/uploads', {
      body: file,
      once,
      headers: {
        'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
        'Content-Type': file.type || 'application/octet-stream',
      },
    }),
};

/** Files go by their ids. */
function sent(body: A.DraftBody): A.Content {
  return { ...body, attachments: body.attachments.map((file) => file.id) };
}

export const outbound = {
  reply: (number: number, body: A.DraftBody, draft_version: number, once: string) =>
    ask<A.Replied>('POST', `/tickets/${number}/reply`, {
      body: { ...sent(body), draft_version } satisfies A.Reply,
      once,
    }),
  list: (state: A.OutboundState) => ask<A.Page<A.OutboundRow>>('GET', '/outbound', { query: { state } }),
  undo: (id: number) => ask<A.Draft>('DELETE', `/outbound/${id}`),
  resolve: (id: number, as: A.Resolution) => ask<unknown>('POST', `/outbound/${id}/resolve`, { body: { as } }),
};

export const mailboxes = {
  list: () => ask<A.Page<A.Mailbox>>('GET', '/mailboxes'),
  show: (id: number) => ask<A.Mailbox>('GET', `/mailboxes/${id}`),
  add: (body: A.MailboxChange, once: string) => ask<A.Mailbox>('POST', '/mailboxes', { body, once }),
  change: (id: number, body: A.MailboxChange & { version: number }) =>
    ask<A.Mailbox>('PATCH', `/mailboxes/${id}`, { body }),
  remove: (id: number) => ask<void>('DELETE', `/mailboxes/${id}`),
  test: (body: A.MailboxTest) => ask<A.Tested>('POST', '/mailboxes/test', { body }),
  presets: (address: string) => ask<A.Preset | null>('GET', '/mailboxes/presets', { query: { address } }),
  fetchPast: (id: number, state: 'running' | 'paused') =>
    ask<A.Mailbox>('POST', `/mailboxes/${id}/fetch-past`, { body: { state } satisfies A.FetchPast }),
};

export const desk = {
  settings: () => ask<A.Settings>('GET', '/settings'),
  change: (body: A.SettingsChange) => ask<A.Settings>('PATCH', '/settings', { body }),
  agents: () => ask<A.Page<A.Agent>>('GET', '/agents', { query: { limit: 100 } }),
  addAgent: (body: A.NewAgent, once: string) => ask<A.Agent>('POST', '/agents', { body, once }),
  changeAgent: (id: number, body: A.AgentChange) => ask<A.Agent>('PATCH', `/agents/${id}`, { body }),
  tokens: () => ask<A.Page<A.Token>>('GET', '/tokens'),
  addToken: (body: A.MakeToken, once: string) => ask<A.NewToken>('POST', '/tokens', { body, once }),
  removeToken: (id: number) => ask<void>('DELETE', `/tokens/${id}`),
  jobs: (state: 'dead' | 'waiting') => ask<A.Page<A.Job>>('GET', '/jobs', { query: { state } }),
  retryJob: (id: number) => ask<unknown>('POST', `/jobs/${id}/retry`, { body: {} }),
  loadSamples: () => ask<unknown>('POST', '/samples', { body: {} }),
};
