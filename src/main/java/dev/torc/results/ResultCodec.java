package dev.torc.results;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.bytes.FieldReader;
import dev.torc.bytes.FieldWriter;
import dev.torc.hash.Digest;
import dev.torc.hash.Stamp;
import dev.torc.records.ManifestEntry;
import dev.torc.records.Origin;
import dev.torc.records.RecordedProduct;
import dev.torc.records.StoredValue;
import java.util.Arrays;
import java.util.List;

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
      boolean result = type == StoreRecord.Type.RESULT;
      int most = result ? ResultChecks.MOST_TEXTS : FoundNames.MOST * ResultChecks.MOST_TEXTS;
      FieldReader in = new FieldReader(new ByteReader(bytes, from), most);
      record = result ? result(in, in) : names(in);
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
    out.texts(11, result.found());
    out.texts(12, result.programs());
    out.records(13, result.lines(), ManifestEntry::write);
    out.record(14, result.origin(), Origin::write);
    out.number(15, result.wall());
    out.number(16, result.cpu());
    out.number(17, result.peak());
    out.number(18, result.files());
    out.text(19, result.root());
  }

  /**
   * The arguments are read in the order of their tags.
   *
   * @param rest of what does not tell of bytes
   */
  private static Result result(FieldReader in, FieldReader rest) {
    return new Result(
        in.digest(1),
        in.digest(2),
        in.text(3),
        in.records(4, ResultCodec::product),
        in.record(5, ResultCodec::product),
        in.flag(6),
        blob(in.digest(7), in.number(8)),
        rest.digest(9),
        rest.records(10, StoredValue::read),
        rest.texts(11),
        rest.texts(12),
        rest.records(13, ManifestEntry::read),
        rest.record(14, Origin::read),
        rest.number(15),
        rest.number(16),
        rest.number(17),
        rest.small(18),
        rest.text(19));
  }

  private static Blob blob(Digest digest, long size) {
    return digest == null ? null : new Blob(digest, size);
  }

  /** Of a result that is kept here what tells of bytes: much less than all of it. */
  static Result parts(byte[] kept) {
    return result(reader(kept), reader(new byte[0]));
  }

  /** A result that is kept here. */
  static Result kept(byte[] kept) {
    FieldReader in = reader(kept);
    return result(in, in);
  }

  private static FieldReader reader(byte[] bytes) {
    return new FieldReader(new ByteReader(bytes, 0));
  }

  private static void write(FieldWriter out, RecordedProduct product) {
    out.text(1, product.path());
    out.number(2, KINDS.indexOf(product.kind()) + 1L);
    out.digest(3, product.digest());
    out.number(4, product.size());
    out.text(5, product.link());
    out.records(6, product.members(), ResultCodec::write);
  }

  private static RecordedProduct product(FieldReader in) {
    return new RecordedProduct(
        in.text(1),
        kind(in.number(2)),
        in.digest(3),
        in.number(4),
        in.text(5),
        in.records(6, ResultCodec::member));
  }

  private static RecordedProduct member(FieldReader in) {
    return new RecordedProduct(
        in.text(1), kind(in.number(2)), in.digest(3), in.number(4), in.text(5));
  }

  private static Stamp.Kind kind(long code) {
    return code < 1 || code > KINDS.size() ? Stamp.Kind.OTHER : KINDS.get((int) code - 1);
  }

  private static void write(FieldWriter out, FoundNames names) {
    out.digest(1, names.key());
    out.records(2, names.lists(), (each, list) -> each.texts(1, list));
  }

  private static FoundNames names(FieldReader in) {
    return new FoundNames(in.digest(1), in.records(2, each -> each.texts(1)));
  }
}
