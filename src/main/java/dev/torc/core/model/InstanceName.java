package dev.torc.core.model;

import dev.torc.base.digests.Digest;
import dev.torc.base.syntax.NearestName;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an instance, or of some instances of a group: {@code train/lr=0.1,seed=3}, {@code
 * train/lr=0.1}, {@code train}. The order of the parameters does not matter. The values here are
 * not encoded; a name without values means all instances.
 */
public record InstanceName(String group, SortedMap<String, String> values) {

  private static final int ID = 12; // digits

  private static final String ENCODED = "/,=%";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private static final Pattern CODES = Pattern.compile("(?:%[0-9A-Fa-f]{2})++");

  /** Matches the part from the slash on. A second {@code =} belongs to the value. */
  private static final Pattern VALUES =
      Pattern.compile("/[^/,=]++=[^,]*+(?:,[^/,=]++=[^,]*+)*+\\z");

  /**
   * Reads a name. A text that does not end in {@code /name=value,…}, or gives a parameter two
   * values, is a group's name. A {@code /} or space in a value need not be encoded.
   */
  public static InstanceName parse(String text) {
    Matcher values = VALUES.matcher(text);
    if (values.find() && values.start() > 0) {
      SortedMap<String, String> read = new TreeMap<>();
      boolean unique = true;
      for (String part : text.substring(values.start() + 1).split(",", -1)) {
        int equals = part.indexOf('=');
        String name = decode(part.substring(0, equals));
        unique &= read.put(name, decode(part.substring(equals + 1))) == null;
      }
      if (unique) {
        return new InstanceName(text.substring(0, values.start()), read);
      }
    }
    return new InstanceName(text, Collections.emptySortedMap());
  }

  /** Returns whether an instance belongs to this group and has these values. */
  public boolean includes(InstanceName instance) {
    return !instance.values.isEmpty()
        && group.equals(instance.group)
        && instance.values.entrySet().containsAll(values.entrySet());
  }

  /** Returns a message if the group {@code named} lacks one of the parameters; else null. */
  public String unknownParameter(Group named) {
    for (String name : values.keySet()) {
      if (!named.parameters().contains(name)) {
        String hint = NearestName.hint(name, named.parameters(), "; it has ");
        return group + " has no parameter " + name + hint;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(group);
    char before = '/';
    for (var each : values.entrySet()) {
      out.append(before).append(encode(each.getKey())).append('=').append(encode(each.getValue()));
      before = ',';
    }
    return out.toString();
  }

  /** Returns the value of {@code {job:id}}: a short name of a job that fits in a file name. */
  public static String id(String job) {
    return Digest.ofText(job).hex().substring(0, ID);
  }

  /** Returns whether a text may be an {@link #id}. */
  public static boolean isId(String text) {
    return text.length() == ID && text.chars().allMatch(Character::isLetterOrDigit);
  }

  /**
   * Encodes a value or a parameter's name: {@code / , = %}, spaces and control characters become
   * the {@code %XX} of their UTF-8 bytes. Different values stay different.
   */
  public static String encode(String value) {
    StringBuilder out = new StringBuilder(value.length() + 8);
    for (char c : value.toCharArray()) {
      if (isEncoded(c)) {
        for (byte b : String.valueOf(c).getBytes(StandardCharsets.UTF_8)) {
          out.append('%').append(HEX.toHexDigits(b));
        }
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Reverses {@link #encode}; a {@code %} that does not start a code stands for itself. */
  static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    return CODES
        .matcher(text)
        .replaceAll(
            codes -> {
              byte[] bytes = HEX.parseHex(codes.group().replace("%", ""));
              return Matcher.quoteReplacement(new String(bytes, StandardCharsets.UTF_8));
            });
  }

  private static boolean isEncoded(char c) {
    return (c < '0' || c == '=' || c > '~')
        && (ENCODED.indexOf(c) >= 0
            || Character.isWhitespace(c)
            || Character.isSpaceChar(c)
            || Character.isISOControl(c));
  }
}
