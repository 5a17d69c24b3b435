/** What a procedure may say about its wire, under `meta.wire`. */
export interface WireMeta {
  /**
   * Bodies besides JSON that it reads, as FormData or (with `octetInputParser`) as a stream; `limit` in bytes. A form can
   * send multipart from any site: a host that knows its callers by cookie must look at Origin.
   */
  body?: { types: Array<'multipart/form-data' | 'application/octet-stream'>; limit: number };
}
