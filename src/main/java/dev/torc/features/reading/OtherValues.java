package dev.torc.features.reading;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Finds the value before or after a whole number, {@code {year:-1}}: the number as one of the
 * group's instances writes it, else in the width of the value ({@code 10} becomes {@code 09}).
 */
public final class OtherValues {

  public static final OtherValues NONE = new OtherValues(_ -> List.of());

  private static final Pattern WHOLE = Pattern.compile("[-+]?\\d{1,1000}");

  private final Function<String, List<String>> texts; // of all instances, by name
  private final Map<String, Map<BigInteger, String>> written = new HashMap<>(0);

  public OtherValues(Function<String, List<String>> texts) {
    this.texts = texts;
  }

  /**
   * Returns the value that is {@code offset} away.
   *
   * @throws IllegalArgumentException if the value is no whole number
   */
  String away(String name, String value, int offset) {
    if (!WHOLE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "only a whole number has others before and after it, and the value is " + value);
    }
    BigInteger wanted = new BigInteger(value).add(BigInteger.valueOf(offset));
    String own = written.computeIfAbsent(name, this::written).get(wanted);
    if (own != null) {
      return own;
    }
    String digits = wanted.abs().toString();
    int width = value.replaceFirst("^[-+]", "").length();
    return (wanted.signum() < 0 ? "-" : "")
        + "0".repeat(Math.max(0, width - digits.length()))
        + digits;
  }

  private Map<BigInteger, String> written(String name) {
    Map<BigInteger, String> all = new HashMap<>();
    for (String text : texts.apply(name)) {
      if (text != null && WHOLE.matcher(text).matches()) {
        all.putIfAbsent(new BigInteger(text), text);
      }
    }
    return all;
  }
}
