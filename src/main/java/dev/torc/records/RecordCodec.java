package dev.torc.records;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.bytes.FieldReader;
import dev.torc.bytes.FieldWriter;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.Stamp;
import dev.torc.machine.Series;
import dev.torc.machine.Usage;
import dev.torc.records.AttemptRecord.PostedEvent;
import dev.torc.records.BuildRecord.BuildId;
import dev.torc.records.BuildRecord.StoreUse;
import dev.torc.records.DatabaseKey.RecordTree;
import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.JobResult.Origin;
import dev.torc.records.JobResult.Restorable;
import dev.torc.records.JobResult.RunDetails;
import dev.torc.records.JobResult.StoredValue;
import dev.torc.records.RecordedProduct.OwnedPath;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.zip.CRC32C;

/**
 * The records as bytes: a CRC32C over tree, key and content, the name where the key has not all of
 * it, then {@linkplain FieldWriter fields}. Each record's fields are written and read side by side
 * here. A record that cannot be read is null to its reader, as if it were not there.
 *
 * <p>A later torc may add fields with new tags: this one skips them. A field that is not there is
 * 0, null or empty, so no constant that decides is written as 0. Tags and forms are never changed
 * or used again; what needs that needs a new {@link RecordStore#SCHEMA}.
 */
final class RecordCodec {

  static final int SUM = Integer.BYTES;
  private static final Stamp.Kind[] KINDS = Stamp.Kind.values();
  private static final JobResult.Outcome[] OUTCOMES = JobResult.Outcome.values();

  private RecordCodec() {}

  /** What writes a record's content. */
  interface Content {
    void to(FieldWriter out);
  }

  /** What reads a record's content; the name is that of its key. */
  interface Reader<T> {
    T from(String name, FieldReader in);
  }

  /**
   * @param name that of the key, null for keys without one
   */
  static byte[] seal(RecordTree tree, byte[] key, String name, Content content) {
    ByteWriter out = new ByteWriter(SUM);
    if (name != null && DatabaseKey.shortened(key)) {
      out.text(name);
    }
    content.to(new FieldWriter(out));
    byte[] value = out.bytes();
    ByteBuffer.wrap(value).putInt(sum(tree, key, value));
    return value;
  }

  /** A record whose key is no name; see {@link #open(RecordTree, byte[], byte[], Reader)}. */
  static <T> T open(RecordTree tree, byte[] key, byte[] value, Function<FieldReader, T> reader) {
    return open(tree, key, value, false, (_, in) -> reader.apply(in));
  }

  /** The record, or null where the value is null, fails its checksum or does not read back. */
  static <T> T open(RecordTree tree, byte[] key, byte[] value, Reader<T> reader) {
    return open(tree, key, value, true, reader);
  }

  private static <T> T open(
      RecordTree tree, byte[] key, byte[] value, boolean named, Reader<T> reader) {
    if (value == null
        || value.length < SUM
        || ByteBuffer.wrap(value).getInt() != sum(tree, key, value)) {
      return null;
    }
    try {
      ByteReader in = new ByteReader(value, SUM);
      String name = !named ? null : DatabaseKey.shortened(key) ? in.text() : DatabaseKey.name(key);
      FieldReader fields = new FieldReader(in);
      T record = reader.from(name, fields);
      fields.end();
      return record;
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException
        | NegativeArraySizeException e) {
      return null; // what decides is of a kind that only a later torc knows: as good as absent
    }
  }

  static int sum(RecordTree tree, byte[] key, byte[] value) {
    CRC32C crc = new CRC32C();
    crc.update(tree.ordinal());
    crc.update(key, 0, key.length);
    crc.update(value, SUM, value.length - SUM);
    return (int) crc.getValue();
  }

  static void known(FieldWriter out, KnownDigest known) {
    Stamp stamp = known.stamp();
    out.constant(1, stamp.kind());
    out.flag(2, stamp.executable());
    out.number(3, stamp.size());
    out.number(4, stamp.mtime());
    out.number(5, stamp.ctime());
    out.number(6, stamp.inode());
    out.digest(7, known.digest());
    out.flag(8, known.safe());
  }

  static KnownDigest known(FieldReader in) {
    Stamp stamp =
        new Stamp(
            in.constant(1, KINDS),
            in.flag(2),
            in.number(3),
            in.number(4),
            in.number(5),
            in.number(6));
    return new KnownDigest(stamp, in.digest(7), in.flag(8));
  }

  static void result(FieldWriter out, JobResult result) {
    out.constant(1, result.outcome());
    out.text(2, result.build());
    out.digest(3, result.manifest());
    out.records(4, result.products(), RecordedProduct::write);
    out.texts(5, result.found());
    out.texts(6, result.moved());
    out.number(7, result.wall());
    out.flag(8, result.traced());
  }

  static JobResult result(FieldReader in) {
    return new JobResult(
        in.constant(1, OUTCOMES),
        in.text(2),
        in.digest(3),
        in.records(4, RecordedProduct::read),
        in.texts(5),
        in.texts(6),
        in.number(7),
        in.flag(8));
  }

  static void details(FieldWriter out, RunDetails details) {
    out.records(1, details.manifest(), ManifestEntry::write);
    out.records(2, details.reasons(), ManifestEntry::write);
    out.text(3, details.what());
    out.number(4, details.number());
    out.number(5, details.started());
    out.number(6, details.exit());
    out.number(7, details.signal());
    out.number(8, details.cpu());
    out.number(9, details.peak());
    out.number(10, details.attempts());
    out.record(11, details.restorable(), Restorable::write);
    out.record(12, details.origin(), Origin::write);
    out.texts(13, details.read());
  }

  static RunDetails details(FieldReader in) {
    return new RunDetails(
        in.records(1, ManifestEntry::read),
        in.records(2, ManifestEntry::read),
        in.text(3),
        in.number(4),
        in.number(5),
        in.small(6),
        in.small(7),
        in.number(8),
        in.number(9),
        in.small(10),
        in.record(11, Restorable::read),
        in.record(12, Origin::read),
        in.texts(13));
  }

  /** The tags from 1 to 5, and 7, were those of other forms. */
  static void stored(FieldWriter out, StoredResults.Stored stored) {
    out.number(6, stored.used());
    out.bytes(8, stored.record());
  }

  static StoredResults.Stored stored(FieldReader in) {
    StoredResults.Stored stored = new StoredResults.Stored(in.number(6), in.bytes(8));
    if (stored.record() == null) {
      throw new IllegalArgumentException("the form of an earlier torc");
    }
    return stored;
  }

  /** Lists of names, the newest first. */
  static void names(FieldWriter out, List<List<String>> lists) {
    out.records(1, lists, (to, names) -> to.texts(1, names));
  }

  static List<List<String>> names(FieldReader in) {
    return in.records(1, from -> from.texts(1));
  }

  static void total(FieldWriter out, long bytes) {
    out.number(1, bytes);
  }

  static Long total(FieldReader in) {
    return in.number(1);
  }

  static void entries(FieldWriter out, List<ManifestEntry> entries) {
    out.records(1, entries, ManifestEntry::write);
  }

  static List<ManifestEntry> entries(FieldReader in) {
    return in.records(1, ManifestEntry::read);
  }

  static void data(FieldWriter out, List<StoredValue> values) {
    out.records(1, values, StoredValue::write);
  }

  static List<StoredValue> data(FieldReader in) {
    return in.records(1, StoredValue::read);
  }

  static void posted(FieldWriter out, PostedEvent event) {
    out.number(1, event.time());
    out.text(2, event.job());
    out.number(3, event.attempt());
    out.text(4, event.text());
  }

  static PostedEvent posted(byte[] key, FieldReader in) {
    ByteBuffer at = ByteBuffer.wrap(key);
    return new PostedEvent(
        at.getLong(), at.getLong(), in.number(1), in.text(2), in.small(3), in.text(4));
  }

  static void attempt(FieldWriter out, AttemptRecord attempt) {
    out.text(1, attempt.job());
    out.number(2, attempt.attempt());
    out.constant(3, attempt.outcome());
    out.number(4, attempt.exit());
    out.number(5, attempt.signal());
    out.number(6, attempt.started());
    out.number(7, attempt.queued());
    out.number(8, attempt.wall());
    out.number(9, attempt.usage().user());
    out.number(10, attempt.usage().system());
    out.number(11, attempt.usage().peak());
    out.number(12, attempt.usage().read());
    out.number(13, attempt.usage().written());
    out.text(14, attempt.host());
    out.text(15, attempt.executor());
    out.number(16, attempt.asked().cpus());
    out.number(17, attempt.asked().memory());
    out.number(18, attempt.asked().gpus());
    out.number(19, attempt.asked().runtime());
    out.records(20, attempt.reasons(), ManifestEntry::write);
    out.number(21, attempt.reasonCount());
  }

  static AttemptRecord attempt(byte[] key, FieldReader in) {
    ByteBuffer at = ByteBuffer.wrap(key);
    return new AttemptRecord(
        at.getLong(),
        at.getLong(),
        in.text(1),
        in.small(2),
        in.constant(3, OUTCOMES),
        in.small(4),
        in.small(5),
        in.number(6),
        in.number(7),
        in.number(8),
        new Usage(in.number(9), in.number(10), in.number(11), in.number(12), in.number(13)),
        in.text(14),
        in.text(15),
        new AttemptRecord.Asked(in.small(16), in.number(17), in.small(18), in.number(19)),
        in.records(20, ManifestEntry::read),
        in.small(21));
  }

  static void series(FieldWriter out, Series series) {
    out.bytes(1, series.bytes());
  }

  static Series series(FieldReader in) {
    byte[] bytes = in.bytes(1);
    return bytes == null ? null : Series.of(bytes);
  }

  static void owned(FieldWriter out, OwnedPath owned) {
    out.constant(1, owned.kind());
    out.digest(2, owned.digest());
    out.text(3, owned.job());
    out.flag(4, owned.adopted());
  }

  static OwnedPath owned(String path, FieldReader in) {
    return new OwnedPath(path, in.constant(1, KINDS), in.digest(2), in.text(3), in.flag(4));
  }

  static void build(FieldWriter out, BuildRecord build) {
    out.text(1, build.id().id());
    out.number(2, build.started());
    out.number(3, build.nanos());
    out.records(4, List.copyOf(build.counts().entrySet()), RecordCodec::count);
    out.number(5, build.exit());
    out.texts(6, build.files());
    out.text(7, build.machine());
    out.record(8, build.use().isNone() ? null : build.use(), StoreUse::write);
  }

  static BuildRecord build(byte[] key, FieldReader in) {
    BuildId id = new BuildId(in.text(1), DatabaseKey.number(key));
    long started = in.number(2);
    long nanos = in.number(3);
    SortedMap<String, Integer> counts = new TreeMap<>();
    in.records(4, RecordCodec::count)
        .forEach(count -> counts.put(count.getKey(), count.getValue()));
    int exit = in.small(5);
    List<String> files = in.texts(6);
    String machine = in.text(7);
    StoreUse use = in.record(8, StoreUse::read);
    return new BuildRecord(
        id, started, nanos, counts, exit, files, machine, use == null ? StoreUse.NONE : use);
  }

  private static void count(FieldWriter out, Map.Entry<String, Integer> count) {
    out.text(1, count.getKey());
    out.number(2, count.getValue());
  }

  private static Map.Entry<String, Integer> count(FieldReader in) {
    return Map.entry(in.text(1), in.small(2));
  }
}
