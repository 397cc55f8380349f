// One way to the server. Knows the cookie's counter-sign (CSRF), turns every refusal into an
// `ApiError` that a screen can put into words, and refuses nothing by itself.
import type { Problem } from './types';

const ROOT = '/api/v1';

/** A refusal of the server, or no answer at all (`slug` is then `unreachable`). */
export class ApiError extends Error {
  constructor(
    readonly problem: Problem,
    /** Seconds to wait before the next try, where the server said so. */
    readonly retryAfter: number | null = null,
  ) {
    super(problem.title);
    this.name = 'ApiError';
  }

  get status(): number {
    return this.problem.status;
  }

  /** Last part of the problem's type: `draft-changed`. */
  get slug(): string {
    return this.problem.type.split('/').at(-1) ?? '';
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

interface Ask {
  query?: Query;
  body?: unknown;
  /** Idempotency-Key: the same key is never carried out twice. */
  once?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

let csrf = '';
let onSignedOut: () => void = () => undefined;

/** The value of `GET /me`, sent back with everything that changes something. */
export function setCsrf(value: string): void {
  csrf = value;
}

/** What happens when the server no longer knows us (401 anywhere but at sign-in). */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

/** Address of something the browser itself loads: frames, downloads, the event stream. */
export function address(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([key, value]) => (value == null ? [] : [[key, String(value)]]));
  const text = new URLSearchParams(pairs).toString();
  return ROOT + path + (text ? `?${text}` : '');
}

/** 128 random bits in words of the alphabet; works without a secure context, too. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Asks the server; the answer is the parsed body (undefined for 204). */
export async function ask<T>(method: string, path: string, options: Ask = {}): Promise<T> {
  const response = await send(method, path, options);
  if (!response.ok) throw await refusal(response, path);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** The answer as text; for headers and raw mails, whose bytes are nobody's JSON. */
export async function askText(path: string, signal?: AbortSignal): Promise<string> {
  const response = await send('GET', path, signal ? { signal } : {});
  if (!response.ok) throw await refusal(response, path);
  return response.text();
}

async function send(method: string, path: string, options: Ask): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
  if (method !== 'GET') headers['Henji-CSRF'] = csrf;
  if (options.once) headers['Idempotency-Key'] = options.once;
  const init: RequestInit = { method, headers, credentials: 'same-origin', signal: options.signal ?? null };
  if (options.body instanceof Blob) {
    init.body = options.body;
  } else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  try {
    return await fetch(address(path, options.query), init);
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ApiError({ type: '/problems/unreachable', title: 'No answer from the server', status: 0 });
  }
}

async function refusal(response: Response, path: string): Promise<ApiError> {
  const problem = await problemOf(response);
  const wait = Number(response.headers.get('Retry-After'));
  if (response.status === 401 && path !== '/session' && path !== '/me') onSignedOut();
  return new ApiError(problem, Number.isFinite(wait) && wait > 0 ? wait : null);
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as Problem;
    if (typeof body.type === 'string') return { ...body, status: response.status };
  } catch {
    // Not ours: a proxy in between answered with a page of its own.
  }
  const type = response.status >= 500 ? '/problems/server-trouble' : '/problems/not-understood';
  return { type, title: response.statusText, status: response.status };
}
