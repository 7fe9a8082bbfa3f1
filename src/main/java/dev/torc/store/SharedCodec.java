package dev.torc.store;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.bytes.FieldReader;
import dev.torc.bytes.FieldWriter;
import dev.torc.cache.StoredValue;
import dev.torc.hash.Digest;
import dev.torc.hash.Stamp;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Bytes of shared records and back, without version and signature, which {@link SharedEnvelope}
 * adds. A record has one form only: what would be written otherwise (other text than UTF-8, fields
 * that are not known, bytes behind the end) is refused, so that no two readers of it can differ.
 */
final class SharedCodec {

  /** Their codes count from 1. */
  private static final List<Stamp.Kind> KINDS =
      List.of(Stamp.Kind.FILE, Stamp.Kind.FOLDER, Stamp.Kind.LINK);

  private SharedCodec() {}

  /** The bytes of a record; throws with the reason where no reader would take it. */
  static byte[] encode(SharedRecord record) throws SharedRefusal {
    check(record);
    return bytes(record);
  }

  /** The record of some bytes, checked; throws with the reason where it is not to be taken. */
  static SharedRecord decode(SharedRecord.Type type, byte[] bytes) throws SharedRefusal {
    SharedRecord record;
    try {
      FieldReader in = new FieldReader(new ByteReader(bytes, 0));
      record = type == SharedRecord.Type.RESULT ? result(in) : names(in);
      in.end();
    } catch (RuntimeException e) { // of which kind is the bytes' own choice
      throw new SharedRefusal("its record is damaged");
    }
    if (record.key() == null) {
      throw new SharedRefusal("its record has no key");
    }
    check(record);
    if (!Arrays.equals(bytes, bytes(record))) {
      throw new SharedRefusal("its record is not written as torc writes it");
    }
    return record;
  }

  private static void check(SharedRecord record) throws SharedRefusal {
    switch (record) {
      case SharedResult result -> SharedChecks.check(result);
      case SharedNames names -> SharedChecks.check(names);
    }
  }

  /** The bytes of a record that nobody has checked: tests make bad ones so. */
  static byte[] bytes(SharedRecord record) {
    ByteWriter bytes = new ByteWriter(0);
    FieldWriter out = new FieldWriter(bytes);
    switch (record) {
      case SharedResult result -> write(out, result);
      case SharedNames names -> write(out, names);
    }
    return bytes.bytes();
  }

  private static void write(FieldWriter out, SharedResult result) {
    SharedBlob log = result.log();
    out.digest(1, result.key());
    out.text(2, result.job());
    out.records(3, result.products(), SharedCodec::write);
    out.records(4, listOf(result.depfile()), SharedCodec::write);
    out.records(5, result.data(), SharedCodec::write);
    out.records(6, result.found(), SharedCodec::write);
    out.digest(7, log == null ? null : log.digest());
    out.number(8, log == null ? 0 : log.size());
    out.text(9, result.build());
    out.text(10, result.host());
    out.number(11, result.time());
    out.number(12, result.wall());
    out.records(13, result.programs(), SharedCodec::write);
    out.records(14, result.inputs(), SharedCodec::write);
    out.text(15, result.root());
  }

  /** The arguments are read in the order of their tags. */
  private static SharedResult result(FieldReader in) {
    Bound entries = new Bound(SharedChecks.MOST_ENTRIES);
    Bound texts = new Bound(SharedChecks.MOST_TEXTS);
    return new SharedResult(
        in.digest(1),
        in.text(2),
        in.records(3, entries.bounded(each -> product(each, entries))),
        first(in.records(4, entries.bounded(each -> product(each, entries)))),
        in.records(5, texts.bounded(SharedCodec::value)),
        in.records(6, texts.bounded(SharedCodec::text)),
        blob(in.digest(7), in.number(8)),
        in.text(9),
        in.text(10),
        in.number(11),
        in.number(12),
        in.records(13, texts.bounded(SharedCodec::text)),
        in.records(14, texts.bounded(SharedCodec::text)),
        in.text(15));
  }

  private static SharedBlob blob(Digest digest, long size) {
    return digest == null ? null : new SharedBlob(digest, size);
  }

  private static <T> List<T> listOf(T item) {
    return item == null ? List.of() : List.of(item);
  }

  private static <T> T first(List<T> items) {
    return items.isEmpty() ? null : items.getFirst();
  }

  private static void write(FieldWriter out, SharedProduct product) {
    out.text(1, product.path());
    out.number(2, KINDS.indexOf(product.kind()) + 1L);
    out.digest(3, product.digest());
    out.number(4, product.size());
    out.text(5, product.text());
    out.records(6, product.members(), SharedCodec::write);
  }

  private static SharedProduct product(FieldReader in, Bound entries) {
    return new SharedProduct(
        in.text(1),
        kind(in.number(2)),
        in.digest(3),
        in.number(4),
        in.text(5),
        in.records(6, entries.bounded(SharedCodec::member)));
  }

  private static SharedProduct member(FieldReader in) {
    return new SharedProduct(
        in.text(1), kind(in.number(2)), in.digest(3), in.number(4), in.text(5), List.of());
  }

  private static Stamp.Kind kind(long code) {
    return code < 1 || code > KINDS.size() ? Stamp.Kind.OTHER : KINDS.get((int) code - 1);
  }

  private static void write(FieldWriter out, StoredValue value) {
    out.text(1, value.key());
    out.text(2, value.text());
  }

  private static StoredValue value(FieldReader in) {
    return new StoredValue(in.text(1), in.text(2));
  }

  private static void write(FieldWriter out, String text) {
    out.text(1, text);
  }

  private static String text(FieldReader in) {
    return in.text(1);
  }

  private static void write(FieldWriter out, SharedNames names) {
    out.digest(1, names.key());
    out.records(2, names.lists(), (each, list) -> each.records(1, list, SharedCodec::write));
  }

  private static SharedNames names(FieldReader in) {
    Bound lists = new Bound(SharedNames.MOST);
    Bound texts = new Bound(SharedNames.MOST * SharedChecks.MOST_TEXTS);
    return new SharedNames(
        in.digest(1),
        in.records(2, lists.bounded(each -> each.records(1, texts.bounded(SharedCodec::text)))));
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
