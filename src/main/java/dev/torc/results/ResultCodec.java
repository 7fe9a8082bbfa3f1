package dev.torc.results;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.bytes.FieldReader;
import dev.torc.bytes.FieldWriter;
import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.JobResult.Origin;
import dev.torc.records.JobResult.Restorable;
import dev.torc.records.JobResult.StoredValue;
import dev.torc.records.RecordedProduct;
import dev.torc.results.SealedRecord.StoreRecord;
import java.util.Arrays;

/**
 * Bytes of records and back, without version and signature, which {@link SealedRecord} adds to what
 * travels. Such a record has one form only: what would be written otherwise (other text than UTF-8,
 * fields that are not known, bytes behind the end) is refused, so that no two readers of it can
 * differ. What is kept here needs no such care.
 */
final class ResultCodec {

  private ResultCodec() {}

  /** The bytes of a record; throws with the reason where no reader would take it. */
  static byte[] encode(StoreRecord record) throws StoreRefusal {
    check(record);
    return bytes(record);
  }

  /**
   * The record of some bytes, checked; throws with the reason where it is not to be taken.
   *
   * @param result whether it is one, and no list of names
   * @param from where it begins in them
   */
  static StoreRecord decode(boolean result, byte[] bytes, int from) throws StoreRefusal {
    StoreRecord record;
    try {
      int most = result ? ResultChecks.MOST_TEXTS : FoundNames.MOST * ResultChecks.MOST_TEXTS;
      FieldReader in = new FieldReader(new ByteReader(bytes, from), most);
      record = result ? result(in, in) : names(in);
      in.end();
    } catch (RuntimeException e) { // of which kind is the bytes' own choice
      throw new StoreRefusal("its record is damaged");
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
    out.record(1, result.terms(), Restorable::write);
    out.text(2, result.job());
    out.records(3, result.products(), RecordedProduct::write);
    out.record(4, result.log(), RecordedProduct::write);
    out.digest(5, result.manifest());
    out.records(6, result.data(), StoredValue::write);
    out.texts(7, result.found());
    out.records(8, result.lines(), ManifestEntry::write);
    out.record(9, result.origin(), Origin::write);
    out.number(10, result.wall());
    out.number(11, result.cpu());
    out.number(12, result.peak());
    out.text(13, result.root());
  }

  /**
   * The arguments are read in the order of their tags.
   *
   * @param rest everything that does not tell of bytes
   */
  private static Result result(FieldReader in, FieldReader rest) {
    return new Result(
        in.record(1, Restorable::read),
        in.text(2),
        in.records(3, RecordedProduct::read),
        in.record(4, RecordedProduct::read),
        rest.digest(5),
        rest.records(6, StoredValue::read),
        rest.texts(7),
        rest.records(8, ManifestEntry::read),
        rest.record(9, Origin::read),
        rest.number(10),
        rest.number(11),
        rest.number(12),
        rest.text(13));
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

  private static void write(FieldWriter out, FoundNames names) {
    out.digest(1, names.key());
    out.records(2, names.lists(), (each, list) -> each.texts(1, list));
  }

  private static FoundNames names(FieldReader in) {
    return new FoundNames(in.digest(1), in.records(2, each -> each.texts(1)));
  }
}
