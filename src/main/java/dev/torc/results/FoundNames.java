package dev.torc.results;

import dev.torc.bytes.Fields;
import dev.torc.hash.Digest;
import dev.torc.results.SealedRecord.StoreRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists of found needs, each sorted, the newest first, under a manifest's key without found needs.
 * Each list leads, with the digests of its files, to the key of a result.
 */
public record FoundNames(Digest key, List<List<String>> lists) implements StoreRecord {

  public static final int MOST = 16; // lists under a key

  private static final long MOST_LENGTH = 4 << 20; // characters, of three bytes at most

  static FoundNames form(Fields fields, FoundNames of) {
    return new FoundNames(
        fields.digest(1, of, FoundNames::key),
        fields.list(2, of, FoundNames::lists, (each, list) -> each.texts(1, list, all -> all)));
  }

  private static long length(List<String> list) {
    return list.stream().mapToLong(String::length).sum();
  }

  /** Puts a list in front; drops the oldest ones if there are too many, or they are too long. */
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
