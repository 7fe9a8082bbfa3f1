package dev.torc.features.stores;

import dev.torc.base.bytes.Fields;
import dev.torc.base.digests.Digest;
import dev.torc.features.stores.SealedRecord.StoreRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * The lists of found needs under a first key: the key of a manifest without found needs. Each list
 * is sorted, and the newest list comes first. A list and the digests of its files lead to the key
 * of a result.
 */
public record FoundNames(Digest key, List<List<String>> lists) implements StoreRecord {

  public static final int MOST = 16; // lists under a key

  private static final long MOST_LENGTH = 4 << 20; // characters of all lists, each at most 3 bytes

  static FoundNames form(Fields fields, FoundNames of) {
    return new FoundNames(
        fields.digest(1, of, FoundNames::key),
        fields.list(2, of, FoundNames::lists, (each, list) -> each.texts(1, list, all -> all)));
  }

  private static long length(List<String> list) {
    return list.stream().mapToLong(String::length).sum();
  }

  /** Puts a list in front. Drops the oldest lists if there are too many, or all are too long. */
  static List<List<String>> with(List<List<String>> lists, List<String> newest) {
    List<List<String>> all = new ArrayList<>();
    all.add(List.copyOf(newest));
    long length = length(newest);
    for (List<String> list : lists) {
      length += length(list);
      if (all.size() < MOST && length < MOST_LENGTH && !list.equals(newest)) {
        all.add(list);
      }
    }
    return List.copyOf(all);
  }
}
