// Pictures of screens, for a person to look at. They go to e2e/pictures/, which git ignores.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../pictures/', import.meta.url));

/** Takes `<name>.png` and gives its path. */
export async function picture(page, name) {
  await mkdir(FOLDER, { recursive: true });
  const path = `${FOLDER}${name.replace(/[^\p{L}\p{N}-]+/gu, '-')}.png`;
  await page.screenshot({ path });
  return path;
}
