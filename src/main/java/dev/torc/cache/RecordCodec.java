package dev.torc.cache;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.hash.Stamp;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The records as bytes: a CRC32C over tree, key and content, then the content. Numbers are zigzag
 * varints, stamps fixed-width big-endian, text is UTF-8 behind its length plus one (0 is null). A
 * record that does not read back exactly is null to its reader, as if it were not there. A change
 * of any layout needs a new {@link RecordStore#SCHEMA}.
 */
final class RecordCodec {

  static final int SUM = Integer.BYTES;
  private static final Stamp.Kind[] KINDS = Stamp.Kind.values();
  private static final JobResult.Outcome[] OUTCOMES = JobResult.Outcome.values();

  private RecordCodec() {}

  /** What writes a record's content. */
  interface Content {
    void to(ByteWriter out);
  }

  /** What reads a record's content; the name is that of its key, null for keys without one. */
  interface Reader<T> {
    T from(String name, ByteReader in);
  }

  static byte[] named(RecordTree tree, byte[] key, String name, Content content) {
    return seal(
        tree,
        key,
        out -> {
          if (RecordKey.shortened(key)) {
            out.text(name);
          }
          content.to(out);
        });
  }

  static byte[] seal(RecordTree tree, byte[] key, Content content) {
    ByteWriter out = new ByteWriter(SUM);
    content.to(out);
    byte[] value = out.bytes();
    ByteBuffer.wrap(value).putInt(sum(tree, key, value));
    return value;
  }

  /** The record, or null where the value is null, fails its checksum or does not read back. */
  static <T> T open(RecordTree tree, byte[] key, byte[] value, boolean named, Reader<T> reader) {
    if (value == null
        || value.length < SUM
        || ByteBuffer.wrap(value).getInt() != sum(tree, key, value)) {
      return null;
    }
    try {
      ByteReader in = new ByteReader(value, SUM);
      String name = !named ? null : RecordKey.shortened(key) ? in.text() : RecordKey.name(key);
      T record = reader.from(name, in);
      return in.isAtEnd() ? record : null;
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException
        | NegativeArraySizeException e) {
      return null; // only a layout of another torc could get here: as good as absent
    }
  }

  private static int sum(RecordTree tree, byte[] key, byte[] value) {
    CRC32C crc = new CRC32C();
    crc.update(tree.ordinal());
    crc.update(key, 0, key.length);
    crc.update(value, SUM, value.length - SUM);
    return (int) crc.getValue();
  }

  static void result(ByteWriter out, JobResult result) {
    out.one(result.outcome().ordinal());
    out.text(result.build());
    out.digest(result.manifest());
    out.list(result.products(), RecordCodec::made);
    out.list(result.found(), ByteWriter::text);
    out.list(result.moved(), ByteWriter::text);
    out.number(result.wall());
  }

  static JobResult result(ByteReader in) {
    return new JobResult(
        OUTCOMES[in.one()],
        in.text(),
        in.digest(),
        in.list(RecordCodec::made),
        in.list(ByteReader::text),
        in.list(ByteReader::text),
        in.number());
  }

  private static void made(ByteWriter out, RecordedProduct made) {
    out.text(made.path());
    out.one(made.kind().ordinal());
    out.digest(made.digest());
  }

  private static RecordedProduct made(ByteReader in) {
    return new RecordedProduct(in.text(), KINDS[in.one()], in.digest());
  }

  static void details(ByteWriter out, RunDetails details) {
    out.list(details.manifest(), RecordCodec::entry);
    out.list(details.reasons(), RecordCodec::entry);
    out.text(details.what());
    out.number(details.number());
    out.number(details.started());
    out.number(details.exit());
    out.number(details.signal());
    out.number(details.cpu());
    out.number(details.peak());
    out.number(details.attempts());
  }

  static RunDetails details(ByteReader in) {
    return new RunDetails(
        in.list(RecordCodec::entry),
        in.list(RecordCodec::entry),
        in.text(),
        in.number(),
        in.number(),
        (int) in.number(),
        (int) in.number(),
        in.number(),
        in.number(),
        (int) in.number());
  }

  static void entry(ByteWriter out, ManifestEntry entry) {
    out.number(entry.code());
    out.text(entry.name());
    out.text(entry.old());
    out.text(entry.now());
  }

  static ManifestEntry entry(ByteReader in) {
    return new ManifestEntry((int) in.number(), in.text(), in.text(), in.text());
  }

  static void datum(ByteWriter out, StoredValue datum) {
    out.text(datum.key());
    out.text(datum.text());
  }

  static StoredValue datum(ByteReader in) {
    return new StoredValue(in.text(), in.text());
  }

  static void posted(ByteWriter out, PostedEvent event) {
    out.number(event.time());
    out.text(event.job());
    out.number(event.attempt());
    out.text(event.text());
  }

  static PostedEvent posted(byte[] key, ByteReader in) {
    ByteBuffer at = ByteBuffer.wrap(key);
    return new PostedEvent(
        at.getLong(), at.getLong(), in.number(), in.text(), (int) in.number(), in.text());
  }

  static void owned(ByteWriter out, OwnedPath owned) {
    out.one(owned.kind().ordinal() << 1 | flag(owned.adopted(), 1));
    out.digest(owned.digest());
    out.text(owned.job());
  }

  static OwnedPath owned(String path, ByteReader in) {
    int head = in.one();
    return new OwnedPath(path, KINDS[head >> 1], in.digest(), in.text(), (head & 1) != 0);
  }

  static void build(ByteWriter out, BuildRecord build) {
    out.text(build.id());
    out.number(build.started());
    out.number(build.nanos());
    out.list(
        List.copyOf(build.counts().entrySet()),
        (to, count) -> {
          to.text(count.getKey());
          to.number(count.getValue());
        });
    out.number(build.exit());
  }

  static BuildRecord build(long number, ByteReader in) {
    String id = in.text();
    long started = in.number();
    long nanos = in.number();
    SortedMap<String, Integer> counts = new TreeMap<>();
    in.list(from -> Map.entry(from.text(), (int) from.number()))
        .forEach(count -> counts.put(count.getKey(), count.getValue()));
    return new BuildRecord(number, id, started, nanos, counts, (int) in.number());
  }

  private static int flag(boolean set, int bit) {
    return set ? bit : 0;
  }
}
