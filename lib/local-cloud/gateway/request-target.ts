/** What a request asks for, as it stands in its first line. */
export interface RequestTarget {
  /** Still encoded. */
  readonly path: string;
  /** Without its question mark; empty when there is none. */
  readonly query: string;
}

/** Reads what a request asks for; scheme and host before the path, which HTTP allows, say nothing here. */
export function readTarget({ url = '/' }: { readonly url?: string | undefined }): RequestTarget {
  const target = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?]*/i, '');
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  return { path: path === '' ? '/' : path, query: at < 0 ? '' : target.slice(at + 1) };
}

/** Undoes the encoding of a part of a path; a part that is not encoded as it should be stays as it is. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
