package dev.torc.workflow;

import java.util.List;

/**
 * Where results are kept for later, as the build file says it.
 *
 * @param keep bytes that the local store may take; 0 for none, {@link #UNSAID} where nothing is
 *     said
 * @param system what tells systems apart beside what torc sees of them; empty for nothing
 * @param shared those that others use too, in the order in which they are asked
 */
public record Stores(long keep, String system, List<SharedEntry> shared) {

  /** No bound is given. */
  public static final long UNSAID = -1;
}
