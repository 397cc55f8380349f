// What may lie over any screen.
class Overlays {
  /** The list of keys. */
  keys = $state(false);
  /** The side column of a ticket, where there is no room for it beside. */
  side = $state(false);
}

export const overlays = new Overlays();
