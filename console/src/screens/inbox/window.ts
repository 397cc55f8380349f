// Which rows of a long list are drawn, and how the list stays still while rows come and go.

export interface Shown {
  from: number;
  to: number;
}

/** Rows to draw: what is in sight and a few around it. */
export function shown(scroll: number, height: number, row: number, count: number, around = 6): Shown {
  const from = Math.max(0, Math.floor(scroll / row) - around);
  const to = Math.min(count, Math.ceil((scroll + height) / row) + around);
  return { from, to: Math.max(from, to) };
}

/** How far the list must be scrolled on so that the row at its top stays where it is. */
export function drift(before: number[], after: number[], scroll: number, row: number): number {
  const top = Math.floor(scroll / row);
  for (let i = top; i < before.length; i += 1) {
    const now = after.indexOf(before[i] ?? -1);
    if (now >= 0) return (now - i) * row;
  }
  return 0;
}

/** The scroll position that brings a row into sight, or null when it is there already. */
export function reveal(index: number, scroll: number, height: number, row: number): number | null {
  if (index < 0) return null;
  if (index * row < scroll) return index * row;
  if ((index + 1) * row > scroll + height) return (index + 1) * row - height;
  return null;
}
