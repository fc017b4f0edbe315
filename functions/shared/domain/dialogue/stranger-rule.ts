/** What a virtual number does with a caller who has no claim on it. */
export type StrangerRule =
  | { readonly kind: 'menu'; readonly menuId: string }
  /** Says what the configuration gives for the case. */
  | { readonly kind: 'message' };
