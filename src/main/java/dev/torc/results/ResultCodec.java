package dev.torc.results;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.bytes.FieldReader;
import dev.torc.bytes.FieldWriter;
import dev.torc.cache.ManifestEntry;
import dev.torc.cache.Origin;
import dev.torc.cache.StoredValue;
import dev.torc.hash.Digest;
import dev.torc.hash.Stamp;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Bytes of records and back, without version and signature, which {@link SealedRecord} adds to what
 * travels. Such a record has one form only: what would be written otherwise (other text than UTF-8,
 * fields that are not known, bytes behind the end) is refused, so that no two readers of it can
 * differ. What is kept here needs no such care.
 */
final class ResultCodec {

  /** Their codes count from 1. */
  private static final List<Stamp.Kind> KINDS =
      List.of(Stamp.Kind.FILE, Stamp.Kind.FOLDER, Stamp.Kind.LINK);

  private ResultCodec() {}

  /** The bytes of a record; throws with the reason where no reader would take it. */
  static byte[] encode(StoreRecord record) throws StoreRefusal {
    check(record);
    return bytes(record);
  }

  /**
   * The record of some bytes, checked; throws with the reason where it is not to be taken.
   *
   * @param from where it begins in them
   */
  static StoreRecord decode(StoreRecord.Type type, byte[] bytes, int from) throws StoreRefusal {
    StoreRecord record;
    try {
      FieldReader in = new FieldReader(new ByteReader(bytes, from));
      record = type == StoreRecord.Type.RESULT ? result(in) : names(in);
      in.end();
    } catch (RuntimeException e) { // of which kind is the bytes' own choice
      throw new StoreRefusal("its record is damaged");
    }
    if (record.key() == null) {
      throw new StoreRefusal("its record has no key");
    }
    check(record);
    byte[] again = bytes(record);
    if (!Arrays.equals(bytes, from, bytes.length, again, 0, again.length)) {
      throw new StoreRefusal("its record is not written as torc writes it");
    }
    return record;
  }

  private static void check(StoreRecord record) throws StoreRefusal {
    if (record instanceof Result result) { // a switch over types would be linked at every start
      ResultChecks.check(result);
    } else {
      ResultChecks.check((FoundNames) record);
    }
  }

  /** The bytes of an unchecked record: tests make bad ones so. */
  static byte[] bytes(StoreRecord record) {
    ByteWriter bytes = new ByteWriter(0);
    FieldWriter out = new FieldWriter(bytes);
    if (record instanceof Result result) {
      write(out, result);
    } else {
      write(out, (FoundNames) record);
    }
    return bytes.bytes();
  }

  private static void write(FieldWriter out, Result result) {
    Blob log = result.log();
    out.digest(1, result.key());
    out.digest(2, result.first());
    out.text(3, result.job());
    out.records(4, result.products(), ResultCodec::write);
    out.record(5, result.depfile(), ResultCodec::write);
    out.flag(6, result.shown());
    out.digest(7, log == null ? null : log.digest());
    out.number(8, log == null ? 0 : log.size());
    out.digest(9, result.manifest());
    out.records(10, result.data(), StoredValue::write);
    out.records(11, result.found(), ResultCodec::write);
    out.records(12, result.programs(), ResultCodec::write);
    out.records(13, result.lines(), ManifestEntry::write);
    out.record(14, result.origin(), Origin::write);
    out.number(15, result.wall());
    out.number(16, result.cpu());
    out.number(17, result.peak());
    out.number(18, result.files());
    out.text(19, result.root());
  }

  private static Result result(FieldReader in) {
    Bound texts = new Bound(ResultChecks.MOST_TEXTS);
    return result(in, new Bound(ResultChecks.MOST_ENTRIES), texts);
  }

  /** The arguments are read in the order of their tags. */
  private static Result result(FieldReader in, Bound entries, Bound texts) {
    return new Result(
        in.digest(1),
        in.digest(2),
        in.text(3),
        in.records(4, entries.bounded(each -> product(each, entries))),
        in.record(5, entries.bounded(each -> product(each, entries))),
        in.flag(6),
        blob(in.digest(7), in.number(8)),
        in.digest(9),
        in.records(10, texts.bounded(StoredValue::read)),
        in.records(11, texts.bounded(ResultCodec::text)),
        in.records(12, texts.bounded(ResultCodec::text)),
        in.records(13, texts.bounded(ManifestEntry::read)),
        in.record(14, Origin::read),
        in.number(15),
        in.number(16),
        in.number(17),
        in.small(18),
        in.text(19));
  }

  private static Blob blob(Digest digest, long size) {
    return digest == null ? null : new Blob(digest, size);
  }

  /** Of a result that is kept here what tells of bytes: much less than all of it. */
  static Result parts(byte[] kept) {
    FieldReader in = new FieldReader(new ByteReader(kept, 0));
    return new Result(
        in.digest(1),
        in.digest(2),
        in.text(3),
        in.records(4, ResultCodec::member),
        in.record(5, ResultCodec::member),
        in.flag(6),
        blob(in.digest(7), in.number(8)),
        null,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        null,
        0,
        0,
        0,
        0,
        null);
  }

  /** A result that is kept here. */
  static Result kept(byte[] kept) {
    Bound none = new Bound(Integer.MAX_VALUE);
    return result(new FieldReader(new ByteReader(kept, 0)), none, none);
  }

  private static void write(FieldWriter out, Product product) {
    out.text(1, product.path());
    out.number(2, KINDS.indexOf(product.kind()) + 1L);
    out.digest(3, product.digest());
    out.number(4, product.size());
    out.text(5, product.text());
    out.records(6, product.members(), ResultCodec::write);
  }

  private static Product product(FieldReader in, Bound entries) {
    return new Product(
        in.text(1),
        kind(in.number(2)),
        in.digest(3),
        in.number(4),
        in.text(5),
        in.records(6, entries.bounded(ResultCodec::member)));
  }

  private static Product member(FieldReader in) {
    return new Product(
        in.text(1), kind(in.number(2)), in.digest(3), in.number(4), in.text(5), List.of());
  }

  private static Stamp.Kind kind(long code) {
    return code < 1 || code > KINDS.size() ? Stamp.Kind.OTHER : KINDS.get((int) code - 1);
  }

  private static void write(FieldWriter out, String text) {
    out.text(1, text);
  }

  private static String text(FieldReader in) {
    return Objects.requireNonNull(in.text(1));
  }

  private static void write(FieldWriter out, FoundNames names) {
    out.digest(1, names.key());
    out.records(2, names.lists(), (each, list) -> each.records(1, list, ResultCodec::write));
  }

  private static FoundNames names(FieldReader in) {
    Bound lists = new Bound(FoundNames.MOST);
    Bound texts = new Bound(FoundNames.MOST * ResultChecks.MOST_TEXTS);
    return new FoundNames(
        in.digest(1),
        in.records(2, lists.bounded(each -> each.records(1, texts.bounded(ResultCodec::text)))));
  }

  /** How many more of something a record may have: a byte or two of it can ask for an object. */
  private static final class Bound {

    private int left;

    Bound(int most) {
      left = most;
    }

    <T> Function<FieldReader, T> bounded(Function<FieldReader, T> read) {
      return in -> {
        if (--left < 0) {
          throw new IllegalArgumentException("too many");
        }
        return read.apply(in);
      };
    }
  }
}
