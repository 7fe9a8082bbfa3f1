package dev.torc.base.bytes;

import dev.torc.base.digests.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * Writes and reads records, each of which is described once as fields with tags. A {@link Form}
 * calls one method for each field, in the order of the tags, and this method passes the field. When
 * writing, it takes the value from the record, writes it and returns it. When reading, the record
 * is null, and it returns the value from the bytes.
 *
 * <p>A field is a byte with its tag and form, and then a number, or bytes after their length.
 * Numbers that are 0, null values and empty lists are left out. Tags go from 1 to 127 and must
 * increase in a record; a list is one field for each item. A new field gets a tag that no version
 * of torc has used, and older versions skip it. If the bytes are not a record, reading throws what
 * {@link ByteReader} throws.
 *
 * <p>A list item that many records contain can be written as the number of a text in a table that
 * the records share. Such an item is a number instead of bytes.
 */
public final class Fields {

  /** Describes a record by passing its fields; {@code record} is null while it is read. */
  public interface Form<T> {
    T pass(Fields fields, T record);
  }

  /** The forms of a field, in the lowest bit of its first byte. */
  private static final int NUMBER = 0;

  private static final int BYTES = 1;

  /** The kinds of digests, in the first byte of a digest. */
  private static final int SHA256 = 1;

  private static final int SHA256_EXECUTABLE = 2;

  private final ByteWriter out; // null if it reads
  private final ByteReader in; // null if it writes
  private final ToIntFunction<String> numbers; // null if it reads or no table is shared
  private final IntFunction<String> table; // null if it writes or no table is shared

  /** How many more texts and inner records may be read, in this record and in all inner ones. */
  private final int[] quota;

  /** The first byte of the current field, -1 at the end. */
  private int head;

  /** Whether the content of the current field was read or skipped. */
  private boolean done = true;

  private int last = Byte.MAX_VALUE; // fields with a greater tag are not read

  private Fields(
      ByteWriter out,
      ToIntFunction<String> numbers,
      ByteReader in,
      IntFunction<String> table,
      int[] quota) {
    this.out = out;
    this.numbers = numbers;
    this.in = in;
    this.table = table;
    this.quota = quota;
  }

  /** Appends a record. */
  public static <T> void write(ByteWriter out, T record, Form<T> form) {
    write(out, record, null, form);
  }

  /** Appends a record. {@code numbers} gives the numbers of shared texts, or is null. */
  public static <T> void write(
      ByteWriter out, T record, ToIntFunction<String> numbers, Form<T> form) {
    form.pass(new Fields(out, numbers, null, null, null), record);
  }

  /** Reads a record up to the end. {@code table} gives the text of a number, or is null. */
  public static <T> T read(ByteReader in, IntFunction<String> table, Form<T> form) {
    return read(in, table, new int[] {Integer.MAX_VALUE}, form);
  }

  /**
   * Reads a record of at most {@code most} texts and inner records. Untrusted bytes need this
   * limit, because one or two bytes can create an object.
   */
  public static <T> T read(ByteReader in, int most, Form<T> form) {
    return read(in, null, new int[] {most}, form);
  }

  private static <T> T read(ByteReader in, IntFunction<String> table, int[] quota, Form<T> form) {
    Fields fields = new Fields(null, null, in, table, quota);
    T record = form.pass(fields, null);
    while (fields.head() >= 0) { // throws if the remaining bytes are not fields
      fields.skip();
    }
    return record;
  }

  /** Reads only the fields of a record up to a tag; the others count as missing. */
  public <T> T upTo(int tag, T record, Form<T> form) {
    last = tag;
    return form.pass(this, record);
  }

  public <R> long number(int tag, R of, ToLongFunction<R> field) {
    return number(tag, out == null ? 0 : field.applyAsLong(of));
  }

  public <R> int small(int tag, R of, ToIntFunction<R> field) {
    return Math.toIntExact(number(tag, out == null ? 0 : field.applyAsInt(of)));
  }

  public <R> boolean flag(int tag, R of, Predicate<R> field) {
    return number(tag, out != null && field.test(of) ? 1 : 0) != 0;
  }

  /**
   * Passes an enum constant by its ordinal, so new constants must come last. Null is left out.
   * Reading throws if the constant is missing, or if only later versions have it.
   */
  public <R, E extends Enum<E>> E constant(int tag, R of, Function<R, E> field, E[] all) {
    E constant = out == null ? null : field.apply(of);
    int place = (int) number(tag, constant == null ? 0 : constant.ordinal() + 1L);
    return out == null ? all[place - 1] : constant;
  }

  private long number(int tag, long value) {
    if (out != null) {
      if (value != 0) {
        head(tag, NUMBER);
        out.number(value);
      }
      return value;
    }
    return finds(tag, NUMBER) ? in.number() : 0;
  }

  public <R> String text(int tag, R of, Function<R, String> field) {
    if (out != null) {
      String text = field.apply(of);
      put(tag, text == null ? null : utf8(text));
      return text;
    }
    return finds(tag, BYTES) ? in.utf8(in.size()) : null;
  }

  public <R> byte[] bytes(int tag, R of, Function<R, byte[]> field) {
    return out != null ? put(tag, field.apply(of)) : finds(tag, BYTES) ? in.raw(in.size()) : null;
  }

  /** Passes a digest with its kind, or null. Reading throws if the kind is unknown. */
  public <R> Digest digest(int tag, R of, Function<R, Digest> field) {
    if (out != null) {
      Digest digest = field.apply(of);
      if (digest != null) {
        head(tag, BYTES);
        out.size(1 + Digest.LENGTH);
        out.one(digest.isExecutable() ? SHA256_EXECUTABLE : SHA256);
        out.raw(digest.bytes());
      }
      return digest;
    }
    if (!finds(tag, BYTES)) {
      return null;
    }
    int size = in.size();
    int kind = in.one();
    if (kind != SHA256 && kind != SHA256_EXECUTABLE) {
      throw new IllegalArgumentException("a digest of kind " + kind);
    }
    Digest digest = Digest.of(in.raw(size - 1));
    return kind == SHA256 ? digest : digest.executable();
  }

  /** Passes texts, none of which is null. A list that was read cannot be modified. */
  public <R> List<String> texts(int tag, R of, Function<R, List<String>> field) {
    return items(tag, of, field, text -> put(tag, utf8(text)), this::text, null, null);
  }

  /** Passes texts that many records contain, as numbers if a table is shared. */
  public <R> List<String> shared(int tag, R of, Function<R, List<String>> field) {
    Function<String, String> same = text -> text;
    return items(tag, of, field, text -> put(tag, utf8(text)), this::text, same, same);
  }

  /** Passes a list of inner records. A list that was read cannot be modified. */
  public <R, T> List<T> list(int tag, R of, Function<R, List<T>> field, Form<T> form) {
    return items(tag, of, field, item -> inner(tag, item, form), () -> inner(form), null, null);
  }

  /**
   * Passes a list of inner records. If a table is shared, items that many records contain are
   * passed as numbers.
   *
   * @param text returns the shared text of such an item; null for other items
   * @param item returns the item of a shared text
   */
  public <R, T> List<T> shared(
      int tag,
      R of,
      Function<R, List<T>> field,
      Form<T> form,
      Function<T, String> text,
      Function<String, T> item) {
    return items(tag, of, field, each -> inner(tag, each, form), () -> inner(form), text, item);
  }

  private <R, T> List<T> items(
      int tag,
      R of,
      Function<R, List<T>> field,
      Consumer<T> put,
      Supplier<T> take,
      Function<T, String> text,
      Function<String, T> item) {
    int number = 0; // written as the difference from the previous number
    if (out != null) {
      List<T> items = field.apply(of);
      for (T each : items) {
        String shared = numbers == null || text == null ? null : text.apply(each);
        if (shared == null) {
          put.accept(each);
        } else {
          int next = numbers.applyAsInt(shared);
          head(tag, NUMBER);
          out.number(next - number);
          number = next;
        }
      }
      return items;
    }
    List<T> items = new ArrayList<>();
    while (isNext(tag)) {
      if ((head & 1) == BYTES) {
        items.add(take.get());
        continue;
      }
      number += in.small();
      String shared = table == null || item == null ? null : table.apply(number);
      if (shared == null) {
        throw new IllegalArgumentException("field " + tag + " has no text " + number);
      }
      items.add(item.apply(shared));
    }
    return List.copyOf(items);
  }

  private String text() {
    count();
    return in.utf8(in.size());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Passes an inner record, or null. */
  public <R, T> T one(int tag, R of, Function<R, T> field, Form<T> form) {
    T one = null;
    if (out != null) {
      one = field.apply(of);
      if (one != null) {
        inner(tag, one, form);
      }
      return one;
    }
    while (finds(tag, BYTES)) {
      one = inner(form);
    }
    return one;
  }

  private <T> void inner(int tag, T item, Form<T> form) {
    head(tag, BYTES);
    int from = out.length();
    form.pass(this, item);
    out.sizeBefore(from);
  }

  private <T> T inner(Form<T> form) {
    count();
    return read(in.part(in.size()), table, quota, form);
  }

  private byte[] put(int tag, byte[] bytes) {
    if (bytes != null) {
      head(tag, BYTES);
      out.size(bytes.length);
      out.raw(bytes);
    }
    return bytes;
  }

  private void head(int tag, int form) {
    out.one(tag << 1 | form);
  }

  private void count() {
    if (--quota[0] < 0) {
      throw new IllegalArgumentException("too many texts and records");
    }
  }

  /** Moves to a field like {@link #isNext}; throws if the field has another form. */
  private boolean finds(int tag, int form) {
    boolean next = isNext(tag);
    if (next && (head & 1) != form) {
      throw new IllegalArgumentException("field " + tag + " of another form");
    }
    return next;
  }

  /**
   * Skips fields with lower tags and returns whether the next one has this tag. If it does, the
   * caller must read its content.
   */
  private boolean isNext(int tag) {
    if (tag > last) {
      return false;
    }
    while (head() >= 0 && head >> 1 < tag) {
      skip();
    }
    done = head >> 1 == tag;
    return done;
  }

  private void skip() {
    if ((head & 1) == NUMBER) {
      in.number();
    } else {
      in.part(in.size());
    }
    done = true;
  }

  /** Returns the first byte of the current field, or -1. Throws if the tags decrease. */
  private int head() {
    if (done) {
      int before = head;
      head = in.isAtEnd() ? -1 : in.one();
      if (head >= 0 && head >> 1 < Math.max(1, before >> 1)) {
        throw new IllegalArgumentException("field " + (head >> 1) + " out of its order");
      }
      done = false;
    }
    return head;
  }
}
