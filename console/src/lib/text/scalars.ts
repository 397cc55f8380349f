// The server counts positions in Unicode scalars, JavaScript in UTF-16 units; they part at the
// first emoji or rare kanji (𠮷). All cutting by the server's positions goes through here.

/** The UTF-16 positions of the given scalar positions, in one walk; positions must rise. */
export function unitsOf(text: string, scalars: number[]): number[] {
  const units: number[] = [];
  let unit = 0;
  let scalar = 0;
  for (const wanted of scalars) {
    while (scalar < wanted && unit < text.length) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
      scalar += 1;
    }
    units.push(unit);
  }
  return units;
}
