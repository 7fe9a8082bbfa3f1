package dev.torc.buildfile;

import java.util.Collections;
import java.util.SortedMap;

/**
 * What the command line says over the build file. Other overrides make another workflow of the same
 * files.
 *
 * @param defines values of vars, by name
 * @param containers false where all runs on the host: images are read then, and left out
 * @param executor the one that all jobs are for; null where each job says so itself
 */
public record Overrides(SortedMap<String, String> defines, boolean containers, String executor) {

  /** Nothing is said over it. */
  public static final Overrides NONE = new Overrides(Collections.emptySortedMap(), true, null);
}
