// What a mail's text is made of on screen: new words, quotes, a signature, links.
// Nothing is ever left out; a part can only be folded.
import type { Span } from '../api/types';
import { unitsOf } from './scalars';

export interface TextPart {
  kind: 'new' | 'quote' | 'signature';
  text: string;
  lines: number;
}

/** Cuts a text by the server's spans; put together again, the parts are the text. */
export function partsOf(text: string, quoted: Span[], signature: string | null): TextPart[] {
  const edges = unitsOf(
    text,
    quoted.flatMap((span) => [span.start, span.end]),
  );
  const parts: TextPart[] = [];
  let at = 0;
  const push = (kind: TextPart['kind'], end: number): void => {
    if (end > at) parts.push(part(kind, text.slice(at, end)));
    at = Math.max(at, end);
  };
  for (let i = 0; i + 1 < edges.length; i += 2) {
    push('new', edges[i] ?? 0);
    push('quote', edges[i + 1] ?? 0);
  }
  push('new', text.length);
  return signature ? parts.flatMap((one) => withoutSignature(one, signature)) : parts;
}

/** True when new words stand between two quotes: then the quotes must be read, so they open. */
export function writtenInside(parts: TextPart[]): boolean {
  const solid = parts.filter((one) => one.text.trim() !== '' && one.kind !== 'signature');
  return solid.some((one, i) => one.kind === 'new' && solid[i - 1]?.kind === 'quote' && solid[i + 1]?.kind === 'quote');
}

function part(kind: TextPart['kind'], text: string): TextPart {
  return { kind, text, lines: text.replace(/\n+$/, '').split('\n').length };
}

function withoutSignature(one: TextPart, signature: string): TextPart[] {
  const wanted = signature.trim();
  const found = one.kind === 'new' && wanted !== '' ? one.text.lastIndexOf(wanted) : -1;
  if (found < 0) return [one];
  const start = one.text.lastIndexOf('\n', found) + 1;
  const rest = one.text.slice(found + wanted.length);
  // Words after the signature (a postscript) stay in sight.
  const end = rest.trim() === '' ? one.text.length : found + wanted.length;
  const pieces = [one.text.slice(0, start), one.text.slice(start, end), one.text.slice(end)] as const;
  return [part('new', pieces[0]), part('signature', pieces[1]), part('new', pieces[2])].filter((piece) => piece.text);
}

export interface Piece {
  text: string;
  /** Only http and https, only as it stands in the text. */
  href: string | null;
}

// Stops at white space, brackets and everything that is not ASCII: Japanese goes on right after an address.
const LINK = /https?:\/\/[\w\-.~:/?#@!$&'*+,;=%[\]()]+/g;

/** A text with its web addresses told apart. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const href = withoutTail(match[0]);
    if (match.index > at) found.push({ text: text.slice(at, match.index), href: null });
    found.push({ text: href, href });
    at = match.index + href.length;
  }
  if (at < text.length) found.push({ text: text.slice(at), href: null });
  return found;
}

/** Punctuation at the end belongs to the sentence, a bracket only if it was opened outside. */
function withoutTail(link: string): string {
  let end = link.length;
  while (end > 0 && /[.,;:!?')\]]/.test(link[end - 1] ?? '')) {
    if (link[end - 1] === ')' && link.slice(0, end).includes('(')) break;
    end -= 1;
  }
  return link.slice(0, end);
}

export interface Marked {
  text: string;
  hit: boolean;
}

/** The words of a question that may stand in a text: no fields, nothing excluded, no operators. */
function looked(query: string): string[] {
  const plain = query.normalize('NFKC').replace(/[“”„「」]/g, '"');
  const terms = plain.match(/-?(?:[^\s:"()-][^\s:"()]*:)?(?:"[^"]*"?|[^\s"()]+)/g) ?? [];
  const words = terms.filter((term) => term !== 'OR' && !/^(-|[^"]*:)/.test(term));
  return words.map((word) => word.replaceAll('"', '').trim().toLowerCase()).filter(Boolean);
}

/** An excerpt with the searched words told apart; compares without case and width. */
export function marks(text: string, query: string): Marked[] {
  const wanted = looked(query);
  const folded = [...text].map((char) => char.normalize('NFKC').toLowerCase()[0] ?? char);
  const plain = folded.join('');
  const chars = [...text];
  if (wanted.length === 0 || plain.length !== chars.length) return [{ text, hit: false }];
  const hits = new Array<boolean>(chars.length).fill(false);
  for (const word of wanted) {
    for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + 1)) hits.fill(true, at, at + word.length);
  }
  return chars.reduce<Marked[]>((all, char, i) => {
    const last = all.at(-1);
    if (last && last.hit === hits[i]) last.text += char;
    else all.push({ text: char, hit: hits[i] ?? false });
    return all;
  }, []);
}
