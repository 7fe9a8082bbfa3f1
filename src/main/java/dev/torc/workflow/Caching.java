package dev.torc.workflow;

/**
 * What a job says about keeping its results for later. What else forbids it is known to the store's
 * users. The order is that of the codes in stored graphs: only append.
 */
public enum Caching {
  /** Nothing: kept where it makes something. */
  UNSAID,
  /** Kept also where it makes nothing. */
  ALWAYS,
  /** Never kept, and always made. */
  NEVER,
  /** Kept here, and neither sent to a shared store nor taken from one. */
  LOCAL
}
