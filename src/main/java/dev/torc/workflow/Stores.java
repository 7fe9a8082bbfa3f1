package dev.torc.workflow;

import dev.torc.syntax.Place;
import java.util.List;
import java.util.SortedMap;

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

  /**
   * A shared store, as the build file names it: a folder or a URL. Whether it can be meant is seen
   * where it is opened.
   *
   * @param path of the folder, relative to the root or absolute; null with a URL
   * @param group whose members are trusted in the folder; null for no group
   * @param keep bytes that the folder may take; {@link Stores#UNSAID} where nothing is said
   * @param url of the server; null with a folder
   * @param headers the variables of the caller's environment with the values that go to the server,
   *     by the names of the headers
   * @param key the file of the key that signs what is sent, as {@code path}; null for none
   * @param trust public keys, as words
   */
  public record SharedEntry(
      Place place,
      String path,
      String group,
      long keep,
      String url,
      SortedMap<String, String> headers,
      String key,
      List<String> trust) {

    /** Which one it is, for people. */
    public String name() {
      return url == null ? path : url;
    }
  }
}
