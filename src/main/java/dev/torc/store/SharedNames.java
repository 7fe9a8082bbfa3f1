package dev.torc.store;

import dev.torc.hash.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * What depfiles named under one manifest: each list leads, with the digests of its files, to the
 * key of a result.
 *
 * @param key that of the manifest without found needs
 * @param lists newest first, {@link #MOST} at most, each of sorted names
 */
public record SharedNames(Digest key, List<List<String>> lists) implements SharedRecord {

  /** How many lists are kept under a key. */
  public static final int MOST = 16;

  @Override
  public Type type() {
    return Type.NAMES;
  }

  /** With a list put first; the oldest goes where there are too many. */
  public SharedNames with(List<String> newest) {
    List<List<String>> all = new ArrayList<>();
    all.add(List.copyOf(newest));
    for (List<String> list : lists) {
      if (all.size() < MOST && !list.equals(newest)) {
        all.add(list);
      }
    }
    return new SharedNames(key, List.copyOf(all));
  }
}
