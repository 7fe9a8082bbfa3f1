package dev.torc.core.memory;

import dev.torc.base.bytes.Fields;
import dev.torc.base.digests.Digest;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Numbers the texts that many records contain: files that depfiles and traces name, and manifest
 * lines about these files. Thousands of compile jobs read the same headers, whose paths would
 * otherwise make up nine tenths of all records.
 *
 * <p>A text gets the next number when a record with this text is put, and is committed with that
 * record or before. It has two records in the tree of lists, under keys that no list has. One leads
 * from the number to the text, and one from a part of the text's digest to the number. A record
 * with a damaged text counts as missing. A wrong text would only make the job run, because the
 * digest of its manifest would differ.
 */
final class SharedTexts {

  /** The first part of a number's key, which makes the last number the last key of the tree. */
  private static final int FIRST = -1;

  /** The length of a number's key in bytes: {@link #FIRST} and the number. */
  private static final int NUMBER_KEY = 2 * Integer.BYTES;

  private static final int DIGEST_KEY = 12;

  /** The key of the record that says at which number unused texts are removed next. */
  private static final byte[] DUE_KEY = {0};

  /** The minimum number of texts that are added between two sweeps. */
  private static final long MANY = 1 << 16;

  private final Cache cache;
  private final Map<Integer, String> texts = new ConcurrentHashMap<>();
  private final Map<String, Integer> numbers = new ConcurrentHashMap<>();
  private final Batch fresh = new Batch();
  private volatile int sweeps; // counted up before a text loses its number
  private int next = -1; // -1 until it is first needed

  /** The numbers that were read since the current sweep started; null if no sweep is running. */
  private volatile Set<Integer> used;

  SharedTexts(Cache cache) {
    this.cache = cache;
  }

  String text(int number) {
    Set<Integer> asked = used;
    if (asked != null) {
      asked.add(number);
    }
    String text = texts.get(number);
    if (text == null) {
      text = cache.record(RecordTree.LISTS, key(number), SharedTexts::form);
      if (text != null) {
        texts.put(number, text);
      }
    }
    return text;
  }

  /** Encodes the records of a batch that have no new text. Any thread may call this. */
  void prepare(Batch batch) {
    int before = sweeps;
    batch.changes.forEach(change -> change.prepare(numbers, before));
  }

  /** Encodes a batch and adds new texts to it. Only one thread may call this at a time. */
  void seal(Batch batch) {
    batch.changes.forEach(change -> change.seal(this::number, sweeps));
    fresh.changes.forEach(change -> change.seal(null, sweeps));
    batch.changes.addAll(fresh.changes);
    fresh.changes.clear();
  }

  private int number(String text) {
    Integer known = numbers.get(text);
    if (known == null) {
      byte[] key = key(text);
      Integer stored = cache.record(RecordTree.LISTS, key, SharedTexts::form);
      known = stored != null && text.equals(text(stored)) ? stored : add(key, text);
      numbers.put(text, known);
    }
    return known;
  }

  private int add(byte[] key, String text) {
    int number = next < 0 ? first() : next;
    next = number + 1;
    texts.put(number, text);
    fresh.put(RecordTree.LISTS, key(number), text, SharedTexts::form);
    fresh.put(RecordTree.LISTS, key, number, SharedTexts::form);
    return number;
  }

  /** Returns the number after the last one in the database. */
  private int first() {
    int[] last = {-1};
    byte[] before = key(0);
    cache.scan(
        RecordTree.LISTS,
        true,
        (key, _) -> {
          last[0] = key.length == NUMBER_KEY ? number(key) : -1;
          return last[0] < 0 && Arrays.compareUnsigned(key, before) > 0;
        });
    return last[0] + 1;
  }

  /** Removes unused texts if many were added; {@code others} reads all other records. */
  void sweep(Runnable others) {
    Long due = cache.record(RecordTree.LISTS, DUE_KEY, SharedTexts::bound);
    if (next < (due == null ? MANY : due)) {
      return; // also if no text was added
    }
    sweeps++;
    used = ConcurrentHashMap.newKeySet();
    cache.eachRecord(RecordTree.RESULTS, RecordCodec::result, _ -> {});
    cache.eachRecord(RecordTree.DETAILS, RecordCodec::details, _ -> {});
    others.run();
    Set<Integer> live = used;
    used = null;
    Batch gone = new Batch();
    RecordCodec.Keyed<byte[], Map.Entry<Integer, String>> numbered =
        (key, in, _) ->
            key.length == NUMBER_KEY ? Map.entry(number(key), form(in, (String) null)) : null;
    cache.eachRecord(
        RecordTree.LISTS,
        key(0),
        numbered,
        each -> {
          if (!live.contains(each.getKey())) {
            gone.drop(RecordTree.LISTS, key(each.getKey()));
            gone.drop(RecordTree.LISTS, key(each.getValue()));
            texts.remove(each.getKey());
            numbers.remove(each.getValue());
          }
        });
    gone.put(RecordTree.LISTS, DUE_KEY, next + Math.max(MANY, live.size()), SharedTexts::bound);
    cache.put(gone);
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(NUMBER_KEY).putInt(FIRST).putInt(number).array();
  }

  private static int number(byte[] key) {
    return ByteBuffer.wrap(key).getInt(Integer.BYTES);
  }

  private static byte[] key(String text) {
    return Arrays.copyOf(Digest.ofText(text).bytes(), DIGEST_KEY);
  }

  private static String form(Fields fields, String of) {
    return fields.text(1, of, text -> text);
  }

  private static Integer form(Fields fields, Integer of) {
    return fields.small(1, of, number -> number);
  }

  private static Long bound(Fields fields, Long of) {
    return fields.number(1, of, number -> number);
  }
}
