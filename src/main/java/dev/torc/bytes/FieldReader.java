package dev.torc.bytes;

import dev.torc.hash.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A record being read by its fields, as {@link FieldWriter} wrote them. They must be asked for with
 * rising tags: what is not asked for is skipped, and what is not there is 0, null or empty. Where
 * the bytes are others, its methods throw what those of {@link ByteReader} throw.
 */
public final class FieldReader {

  private final ByteReader in;

  /** How many more texts and inner records it may give; shared with those. */
  private final int[] left;

  /** First byte of the field that comes next, -1 at the end. */
  private int head;

  /** Reads from there to the end of the bytes. */
  public FieldReader(ByteReader in) {
    this(in, Integer.MAX_VALUE);
  }

  /** The same of bytes of others: a byte or two of these can ask for an object. */
  public FieldReader(ByteReader in, int most) {
    this(in, new int[] {most});
  }

  private FieldReader(ByteReader in, int[] left) {
    this.in = in;
    this.left = left;
    next();
  }

  private void count() {
    if (--left[0] < 0) {
      throw new IllegalArgumentException("too many texts and records");
    }
  }

  /** A number. */
  public long number(int tag) {
    if (!finds(tag, FieldWriter.NUMBER)) {
      return 0;
    }
    long value = in.number();
    next();
    return value;
  }

  /** A number that fits an int. */
  public int small(int tag) {
    return Math.toIntExact(number(tag));
  }

  /** Yes or no. */
  public boolean flag(int tag) {
    return number(tag) != 0;
  }

  /** One of an enum's constants; one that is missing, or that a later torc added, throws. */
  public <E extends Enum<E>> E constant(int tag, E[] constants) {
    return constants[small(tag) - 1];
  }

  /** A text, or null. */
  public String text(int tag) {
    if (!finds(tag, FieldWriter.BYTES)) {
      return null;
    }
    String text = in.utf8(in.size());
    next();
    return text;
  }

  /** Bytes, or null. */
  public byte[] bytes(int tag) {
    if (!finds(tag, FieldWriter.BYTES)) {
      return null;
    }
    byte[] bytes = in.raw(in.size());
    next();
    return bytes;
  }

  /** A digest, or null; one of a kind that a later torc added throws. */
  public Digest digest(int tag) {
    if (!finds(tag, FieldWriter.BYTES)) {
      return null;
    }
    int size = in.size();
    int kind = in.one();
    if (kind != FieldWriter.SHA256 && kind != FieldWriter.SHA256_EXECUTABLE) {
      throw new IllegalArgumentException("a digest of kind " + kind);
    }
    Digest digest = Digest.of(in.raw(size - 1));
    next();
    return kind == FieldWriter.SHA256 ? digest : digest.executable();
  }

  /** Texts, unmodifiable. */
  public List<String> texts(int tag) {
    List<String> texts = new ArrayList<>();
    while (finds(tag, FieldWriter.BYTES)) {
      count();
      texts.add(text(tag));
    }
    return List.copyOf(texts);
  }

  /** Records in the record, unmodifiable. */
  public <T> List<T> records(int tag, Function<FieldReader, T> each) {
    List<T> items = new ArrayList<>();
    while (finds(tag, FieldWriter.BYTES)) {
      items.add(inner(each));
    }
    return List.copyOf(items);
  }

  private <T> T inner(Function<FieldReader, T> reader) {
    count();
    FieldReader inner = new FieldReader(in.part(in.size()), left);
    T record = reader.apply(inner);
    inner.end();
    next();
    return record;
  }

  /** A record in the record, or null. */
  public <T> T record(int tag, Function<FieldReader, T> reader) {
    T last = null;
    while (finds(tag, FieldWriter.BYTES)) {
      last = inner(reader);
    }
    return last;
  }

  /** Skips what is left; throws where the bytes are no fields to their end. */
  public void end() {
    while (head >= 0) {
      skip();
    }
  }

  private boolean finds(int tag, int form) {
    while (head >= 0 && head >> 1 < tag) {
      skip();
    }
    if (head >> 1 == tag && (head & 1) != form) {
      throw new IllegalArgumentException("field " + tag + " of another form");
    }
    return head >> 1 == tag;
  }

  private void skip() {
    if ((head & 1) == FieldWriter.NUMBER) {
      in.number();
    } else {
      in.part(in.size());
    }
    next();
  }

  /** Tags never fall, so that bytes that are no record are not taken for one. */
  private void next() {
    int before = head;
    head = in.isAtEnd() ? -1 : in.one();
    if (head >= 0 && head >> 1 < Math.max(1, before >> 1)) {
      throw new IllegalArgumentException("field " + (head >> 1) + " out of its order");
    }
  }
}
