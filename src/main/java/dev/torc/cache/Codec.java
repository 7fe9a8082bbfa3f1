package dev.torc.cache;

import dev.torc.bytes.Input;
import dev.torc.bytes.Output;
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
 * of any layout needs a new {@link Store#SCHEMA}.
 */
final class Codec {

  static final int SUM = Integer.BYTES;
  private static final Stamp.Kind[] KINDS = Stamp.Kind.values();
  private static final Result.Outcome[] OUTCOMES = Result.Outcome.values();

  private Codec() {}

  /** What writes a record's content. */
  interface Content {
    void to(Output out);
  }

  /** What reads a record's content; the name is that of its key, null for keys without one. */
  interface Reader<T> {
    T from(String name, Input in);
  }

  static byte[] named(Tree tree, byte[] key, String name, Content content) {
    return seal(
        tree,
        key,
        out -> {
          if (Key.shortened(key)) {
            out.text(name);
          }
          content.to(out);
        });
  }

  static byte[] seal(Tree tree, byte[] key, Content content) {
    Output out = new Output(SUM);
    content.to(out);
    byte[] value = out.bytes();
    ByteBuffer.wrap(value).putInt(sum(tree, key, value));
    return value;
  }

  /** The record, or null where the value is null, fails its checksum or does not read back. */
  static <T> T open(Tree tree, byte[] key, byte[] value, boolean named, Reader<T> reader) {
    if (value == null
        || value.length < SUM
        || ByteBuffer.wrap(value).getInt() != sum(tree, key, value)) {
      return null;
    }
    try {
      Input in = new Input(value, SUM);
      String name = !named ? null : Key.shortened(key) ? in.text() : Key.name(key);
      T record = reader.from(name, in);
      return in.isAtEnd() ? record : null;
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException
        | NegativeArraySizeException e) {
      return null; // only a layout of another torc could get here: as good as absent
    }
  }

  private static int sum(Tree tree, byte[] key, byte[] value) {
    CRC32C crc = new CRC32C();
    crc.update(tree.ordinal());
    crc.update(key, 0, key.length);
    crc.update(value, SUM, value.length - SUM);
    return (int) crc.getValue();
  }

  static void result(Output out, Result result) {
    out.one(result.outcome().ordinal());
    out.text(result.build());
    out.digest(result.manifest());
    out.list(result.products(), Codec::made);
    out.list(result.found(), Output::text);
    out.list(result.moved(), Output::text);
    out.number(result.wall());
  }

  static Result result(Input in) {
    return new Result(
        OUTCOMES[in.one()],
        in.text(),
        in.digest(),
        in.list(Codec::made),
        in.list(Input::text),
        in.list(Input::text),
        in.number());
  }

  private static void made(Output out, Made made) {
    out.text(made.path());
    out.one(made.kind().ordinal());
    out.digest(made.digest());
  }

  private static Made made(Input in) {
    return new Made(in.text(), KINDS[in.one()], in.digest());
  }

  static void details(Output out, Details details) {
    out.list(details.manifest(), Codec::entry);
    out.list(details.reasons(), Codec::entry);
    out.text(details.what());
    out.number(details.number());
    out.number(details.started());
    out.number(details.exit());
    out.number(details.signal());
    out.number(details.cpu());
    out.number(details.peak());
    out.number(details.attempts());
  }

  static Details details(Input in) {
    return new Details(
        in.list(Codec::entry),
        in.list(Codec::entry),
        in.text(),
        in.number(),
        in.number(),
        (int) in.number(),
        (int) in.number(),
        in.number(),
        in.number(),
        (int) in.number());
  }

  static void entry(Output out, Entry entry) {
    out.number(entry.code());
    out.text(entry.name());
    out.text(entry.old());
    out.text(entry.now());
  }

  static Entry entry(Input in) {
    return new Entry((int) in.number(), in.text(), in.text(), in.text());
  }

  static void datum(Output out, Datum datum) {
    out.text(datum.key());
    out.text(datum.text());
  }

  static Datum datum(Input in) {
    return new Datum(in.text(), in.text());
  }

  static void posted(Output out, Posted event) {
    out.number(event.time());
    out.text(event.job());
    out.number(event.attempt());
    out.text(event.text());
  }

  static Posted posted(byte[] key, Input in) {
    ByteBuffer at = ByteBuffer.wrap(key);
    return new Posted(
        at.getLong(), at.getLong(), in.number(), in.text(), (int) in.number(), in.text());
  }

  static void owned(Output out, Owned owned) {
    out.one(owned.kind().ordinal() << 1 | flag(owned.adopted(), 1));
    out.digest(owned.digest());
    out.text(owned.job());
  }

  static Owned owned(String path, Input in) {
    int head = in.one();
    return new Owned(path, KINDS[head >> 1], in.digest(), in.text(), (head & 1) != 0);
  }

  static void build(Output out, BuildRecord build) {
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

  static BuildRecord build(long number, Input in) {
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
