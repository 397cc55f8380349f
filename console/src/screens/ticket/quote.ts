// The quote below (or above) a reply: whole lines of the customer's mail, some cut by the writer.
// `cut` holds line numbers from 0 as half-open ranges [from, to), rising and apart.

export type Cut = [number, number][];

/** The lines of a text as they are quoted. */
export function linesOf(text: string): string[] {
  return text.trimEnd().split(/\r?\n/);
}

export function isCut(cut: Cut, line: number): boolean {
  return cut.some(([from, to]) => from <= line && line < to);
}

/** Cuts a line, or brings it back. */
export function toggled(cut: Cut, line: number, count: number): Cut {
  const flags = Array.from({ length: count }, (_, i) => isCut(cut, i) !== (i === line));
  return rangesOf(flags);
}

/** Ranges of what is marked, neighbours made one. */
export function rangesOf(flags: boolean[]): Cut {
  const ranges: Cut = [];
  flags.forEach((on, i) => {
    const last = ranges.at(-1);
    if (!on) return;
    if (last && last[1] === i) last[1] = i + 1;
    else ranges.push([i, i + 1]);
  });
  return ranges;
}

/** The quote as text, to answer between its lines. */
export function asText(lines: string[], cut: Cut): string {
  return lines.flatMap((line, i) => (isCut(cut, i) ? [] : [line === '' ? '>' : `> ${line}`])).join('\n');
}
