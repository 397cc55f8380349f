// For tests: a server that answers as told, and remembers what it was asked.
import { vi } from 'vitest';
import type * as A from './types';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  headers: Record<string, string>;
}

type Answer = unknown | ((asked: Asked) => unknown);

/** A refusal, to be given as an answer. */
export class Refuses {
  constructor(
    readonly slug: string,
    readonly status: number,
    readonly more: Partial<A.Problem> = {},
    readonly headers: Record<string, string> = {},
  ) {}
}

/** No answer at all, as when the line is cut. */
export const SILENCE = Symbol('silence');

/** Takes the place of `fetch` until the test ends; keys are `GET /tickets`. Returns what was asked so far. */
export function answering(answers: Record<string, Answer>): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    const url = new URL(address, 'http://desk');
    const path = url.pathname.replace('/api/v1', '');
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : init.body;
    const question: Asked = {
      method: init.method ?? 'GET',
      path,
      query: url.searchParams,
      body,
      headers: init.headers as Record<string, string>,
    };
    asked.push(question);
    const answer = answers[`${question.method} ${path}`];
    const given = await (typeof answer === 'function' ? (answer as (one: Asked) => unknown)(question) : answer);
    if (given === SILENCE) throw new TypeError('Failed to fetch');
    return responseOf(given);
  });
  return asked;
}

function responseOf(given: unknown): Response {
  if (given instanceof Refuses) {
    const problem = { type: `/problems/${given.slug}`, title: given.slug, status: given.status, ...given.more };
    return new Response(JSON.stringify(problem), { status: given.status, headers: given.headers });
  }
  if (given === undefined) return new Response(null, { status: 204 });
  return new Response(JSON.stringify(given), { status: 200 });
}

export const SUZUKI = { id: 1, name: '鈴木 美咲' };
export const ITO = { id: 2, name: '伊藤 大輔' };

export function me(part: Partial<A.Me> = {}): A.Me {
  const person = { ...SUZUKI, email: 'suzuki@shop.example', role: 'agent' } as const;
  return {
    ...person,
    agent: { ...person, language: 'ja', timezone: 'Asia/Tokyo' },
    desk: { name: 'こもれび茶舗', language: 'ja', timezone: 'Asia/Tokyo' },
    rights: ['read', 'draft', 'send', 'assign'],
    csrf: 'counter-sign',
    version: '0.1.0',
    sending_off: [],
    mailboxes: [],
    ...part,
  };
}

export function ticket(number: number, part: Partial<A.Ticket> = {}): A.Ticket {
  return {
    ...{
      number,
      channel: 'mail',
      subject: `件名 ${number}`,
      status: 'open',
      status_code: 2,
      lane: 'todo',
      shelf: null,
    },
    ...{
      outcome: null,
      outcome_reason: null,
      priority: 'normal',
      assignee: SUZUKI,
      team: null,
      reading: null,
      tags: [],
      excerpt: '',
      kind: 'human',
    },
    mailbox: { id: 1, address: 'support@shop.example', name: '窓口' },
    contact: { id: number, name: `お客様 ${number}`, address: `c${number}@example.jp` },
    ...{ due_at: `2026-11-${String(number % 28).padStart(2, '0')}T00:00:00Z`, snoozed_until: null, delivery: null },
    ...{ last_message_at: '2026-11-21T00:00:00Z', last_message_id: number, created_at: '2026-11-20T00:00:00Z' },
    ...{ suggestion: null, merged_into: null, version: 1 },
    ...part,
  };
}

export function message(id: number, part: Partial<A.Message> = {}): A.Message {
  return {
    ...{ id, ticket: 1, channel: 'mail', direction: 'in', kind: 'human', to: [], cc: [], subject: '件名' },
    from: { name: '田中 翔太', address: 'tanaka@example.jp' },
    ...{ at: `2026-11-21T00:${String(id % 60).padStart(2, '0')}:00Z`, text: `本文 ${id}`, new_text: '', quoted: [] },
    ...{ signature: null, has_html: false, attachments: [], outbound: null, author: null, because: null },
    ...{ suspicions: [], warnings: [], problems: [], size: 100, sha256: 'ab', copies: [] },
    ...part,
  };
}

/** What the event stream tells when something happened to a ticket. */
export function change(ticket: number, part: Partial<A.Change> = {}): { name: 'change'; data: A.Change } {
  const now = { mailbox: 1, team: null, assignee: SUZUKI.id, lane: 'todo', version: 2 } as const;
  return { name: 'change', data: { id: 1, kind: 'status_changed', ticket, ...now, ...part } };
}

export function draft(part: Partial<A.Draft> = {}): A.Draft {
  return {
    ...{
      version: 0,
      text: '',
      html: null,
      quote: null,
      cc: [],
      bcc: [],
      attachments: [],
      based_on: 1,
      send_at: null,
      then: 'waiting_on_customer',
    },
    to: [{ name: '田中 翔太', address: 'tanaka@example.jp' }],
    ...{ subject: 'Re: 件名', original_text: '', quote_text: '', signature: '', line_width: 35 },
    ...{ writer: null, begun_at: null, saved_at: null },
    ...part,
  };
}
