package dev.torc.core.model;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Place;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * Lets {@link WorkflowCodec} describe each record once for both writing and reading. A description
 * calls one method for each field, in the order of the constructor. If the wire writes, the method
 * takes the value from the record, writes it and returns it. If the wire reads, the record is null
 * and the method returns the value from the bytes.
 *
 * @param in null if the wire writes
 * @param placesIn null if places are skipped
 * @param texts has the shared texts
 */
record Wire(
    ByteReader in, ByteReader placesIn, ByteWriter out, ByteWriter placesOut, WorkflowCodec texts) {

  /** Passes one value: writes and returns it or, on a wire that reads, returns what was read. */
  interface Codec<T> {
    T pass(Wire wire, T value);
  }

  static final Codec<String> TEXT = Wire::text;
  static final Codec<String> SHARED = Wire::shared;
  static final Codec<Glob> GLOB =
      (wire, glob) -> Glob.of(wire.text(glob == null ? null : glob.toString()));
  static final Codec<Integer> INT = (wire, i) -> (int) wire.number(i == null ? 0 : i);
  static final Codec<Long> LONG = (wire, l) -> wire.number(l == null ? 0 : l);

  /** Creates a wire that reads; without {@code places}, each place becomes {@link Place#NONE}. */
  Wire(ByteReader in, ByteReader places, WorkflowCodec texts) {
    this(in, places, null, null, texts);
  }

  /** Creates a wire that writes; {@code places} takes the places, {@code out} the rest. */
  Wire(ByteWriter out, ByteWriter places, WorkflowCodec texts) {
    this(null, null, out, places, texts);
  }

  Place place(Place of) {
    if (in == null) {
      placesOut.number(texts.number(of.file()));
      placesOut.number(of.line());
      placesOut.number(of.column());
      return of;
    }
    return placesIn == null
        ? Place.NONE
        : new Place(texts.text(placesIn.small()), placesIn.small(), placesIn.small());
  }

  private String text(String text) {
    if (in != null) {
      return in.text();
    }
    out.text(text);
    return text;
  }

  private String shared(String text) {
    if (in != null) {
      return texts.text(in.small());
    }
    out.number(texts.number(text));
    return text;
  }

  long number(long number) {
    if (in != null) {
      return in.number();
    }
    out.number(number);
    return number;
  }

  /** Writes or reads a text, which may be null. */
  <R> String text(R of, Function<R, String> field) {
    return text(in == null ? field.apply(of) : null);
  }

  /** Writes or reads a text that other records have too: only its number is in the bytes. */
  <R> String shared(R of, Function<R, String> field) {
    return shared(in == null ? field.apply(of) : null);
  }

  <R> boolean flag(R of, Predicate<R> field) {
    if (in != null) {
      return in.flag();
    }
    boolean flag = field.test(of);
    out.flag(flag);
    return flag;
  }

  <R> int small(R of, ToIntFunction<R> field) {
    return Math.toIntExact(number(in == null ? field.applyAsInt(of) : 0));
  }

  <R> long number(R of, ToLongFunction<R> field) {
    return number(in == null ? field.applyAsLong(of) : 0);
  }

  <R, E extends Enum<E>> E constant(R of, Function<R, E> field, E[] all) {
    return all[(int) number(in == null ? field.apply(of).ordinal() : 0)];
  }

  /** Writes or reads constants as the bits of one number, so that their order does not matter. */
  <R, E extends Enum<E>> Set<E> set(R of, Function<R, Set<E>> field, E[] all) {
    Set<E> set = in == null ? field.apply(of) : EnumSet.noneOf(all[0].getDeclaringClass());
    long bits = 0;
    for (E each : set) {
      bits |= 1L << each.ordinal();
    }
    for (bits = number(bits); in != null && bits != 0; bits &= bits - 1) {
      set.add(all[Long.numberOfTrailingZeros(bits)]);
    }
    return set;
  }

  <R, T> T one(R of, Function<R, T> field, Codec<T> form) {
    return form.pass(this, in == null ? field.apply(of) : null);
  }

  /** Writes or reads a value, which may be null. */
  <R, T> T maybe(R of, Function<R, T> field, Codec<T> form) {
    T value = in == null ? field.apply(of) : null;
    return flag(value, each -> each != null) ? form.pass(this, value) : null;
  }

  /** Writes or reads a list; a list that was read is unmodifiable. */
  <R, T> List<T> list(R of, Function<R, List<T>> field, Codec<T> form) {
    if (in != null) {
      return in.passEmpty() ? List.of() : in.list(_ -> form.pass(this, null));
    }
    List<T> list = field.apply(of);
    out.number(list.size());
    for (T each : list) {
      form.pass(this, each);
    }
    return list;
  }

  <R, T> SortedMap<String, T> map(R of, Function<R, SortedMap<String, T>> field, Codec<T> form) {
    SortedMap<String, T> written = in == null ? field.apply(of) : null;
    List<String> names = list(written, each -> List.copyOf(each.keySet()), SHARED);
    if (names.isEmpty()) {
      return Collections.emptySortedMap();
    }
    SortedMap<String, T> map = in == null ? written : new TreeMap<>();
    for (String name : names) {
      T value = form.pass(this, map.get(name));
      if (in != null) {
        map.put(name, value);
      }
    }
    return map;
  }
}
