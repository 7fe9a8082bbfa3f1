package dev.torc.base.syntax;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.torc.base.text.SafeText;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Replaces secrets in a stream of bytes by {@code ***}. A value of several lines is masked line by
 * line, and each also in the forms that it has in JSON and in HTML. At the end of a part, bytes
 * that may begin a secret wait for the next part. Lines of fewer than {@link #SHORTEST} characters
 * stay, since they would hide unrelated text.
 *
 * <p>Not thread-safe.
 */
public final class Mask {

  /** The fewest characters of a line that is masked. */
  public static final int SHORTEST = 8;

  private static final byte[] STARS = "***".getBytes(UTF_8);

  private final List<byte[]> secrets = new ArrayList<>(); // longer ones first
  private final boolean[] first = new boolean[256]; // whether a secret begins with this byte
  private byte[] waiting = {};
  private int hidden; // how many of the waiting bytes belong to a secret before them

  public Mask(Collection<String> values) {
    Set<String> texts = new LinkedHashSet<>();
    for (String value : values) {
      for (String line : value.split("[\\r\\n]+")) {
        if (line.strip().length() >= SHORTEST) {
          String json = JsonText.string(line.strip());
          texts.add(line.strip());
          texts.add(json.substring(1, json.length() - 1));
          texts.add(SafeText.markup(line.strip()));
        }
      }
    }
    texts.forEach(text -> secrets.add(text.getBytes(UTF_8)));
    secrets.sort((a, b) -> b.length - a.length);
    secrets.forEach(secret -> first[secret[0] & 0xff] = true);
  }

  /** Returns whether every line of a value is too short to be masked; an empty value has none. */
  public static boolean isShort(String value) {
    return !value.isBlank() && new Mask(List.of(value)).secrets.isEmpty();
  }

  /** Returns a whole text, masked. */
  public byte[] all(byte[] text) {
    return masked(text, text.length, true);
  }

  /**
   * Returns the waiting bytes and the next {@code length} bytes of a stream, as far as no secret
   * may begin at their end.
   *
   * @param last whether the stream ends here, so that nothing waits
   */
  public byte[] masked(byte[] part, int length, boolean last) {
    byte[] text = Arrays.copyOf(waiting, waiting.length + length);
    System.arraycopy(part, 0, text, waiting.length, length);
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length);
    int end = hidden; // of the secret that covers the present byte
    int at = 0;
    for (; at < text.length; at++) {
      if (first[text[at] & 0xff]) {
        int found = matching(text, at, last);
        if (found < 0) {
          break;
        }
        if (found > 0 && at >= end) {
          out.writeBytes(STARS);
        }
        end = Math.max(end, at + found);
      }
      if (at >= end) {
        out.write(text[at]);
      }
    }
    waiting = Arrays.copyOfRange(text, at, text.length);
    hidden = last ? 0 : Math.max(0, end - at);
    return out.toByteArray();
  }

  /**
   * Returns the length of the longest secret at an index; 0 for none. Unless the text is the last,
   * returns -1 if it ends within a secret that would be longer.
   */
  private int matching(byte[] text, int at, boolean last) {
    for (byte[] secret : secrets) {
      int rest = Math.min(secret.length, text.length - at);
      if (last && rest < secret.length) {
        continue;
      }
      if (Arrays.equals(text, at, at + rest, secret, 0, rest)) {
        return rest == secret.length ? rest : -1;
      }
    }
    return 0;
  }
}
