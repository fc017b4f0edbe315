/** What a virtual number does with a caller who has no claim on it. */
export type StrangerRule =
  | { readonly kind: 'menu'; readonly menuId: string }
  /** Asks for the PIN of a booking; with `learn` the phone becomes one of the party's. */
  | { readonly kind: 'pin'; readonly learn: boolean }
  | { readonly kind: 'queue'; readonly queueId: string }
  /** Says what the configuration gives for the case. */
  | { readonly kind: 'message' };
