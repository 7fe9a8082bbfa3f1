package dev.torc.base.syntax;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.IllegalFormatException;
import java.util.List;
import java.util.Locale;

/**
 * The formats of a placeholder: {@code stem}, {@code name}, {@code dir}, {@code suffix} of a path,
 * and those of C's printf for numbers and texts ({@code 03d}, {@code .2f}, {@code x}, {@code s}).
 */
public final class PlaceholderFormat {

  private static final List<String> OF_PATHS = List.of("stem", "name", "dir", "suffix");

  private PlaceholderFormat() {}

  /**
   * Returns the formatted value.
   *
   * @throws IllegalArgumentException with the reason if the format is unknown or does not fit the
   *     value
   */
  public static String apply(String format, String value) {
    int slash = value.lastIndexOf('/');
    String name = value.substring(slash + 1);
    // A leading dot makes a hidden file, not a suffix; `..` has no suffix either.
    int dot =
        name.lastIndexOf('.') > 0 && !name.equals("..") ? name.lastIndexOf('.') : name.length();
    return switch (format) {
      case "name" -> name;
      case "stem" -> name.substring(0, dot);
      case "suffix" -> name.substring(dot);
      case "dir" -> slash < 0 ? "." : slash == 0 ? "/" : value.substring(0, slash);
      default -> printf(format, value);
    };
  }

  private static String printf(String format, String value) {
    if (!format.matches("[-+#0]*[0-9]{0,3}(\\.[0-9]{1,3})?[dixXoeEfgGs]")) {
      String near = NearestName.hint(format, OF_PATHS);
      String known =
          format.startsWith("-")
              ? "; only a lookup has a default, {NAME[KEY]:-TEXT}"
              : "; known are stem, name, dir, suffix and those of printf, such as 03d";
      throw new IllegalArgumentException(
          "unknown format " + format + (near.isEmpty() ? known : near));
    }
    char type = format.charAt(format.length() - 1);
    String flags = format.substring(0, format.length() - 1);
    try {
      return switch (type) {
        case 'd', 'i' -> formatted(flags + "d", integer(value));
        case 'x', 'X', 'o' -> formatted(flags + type, integer(value));
        case 's' -> formatted(flags + "s", value);
        case 'g', 'G' -> general(flags, type, decimal(value));
        default -> formatted(flags + type, decimal(value));
      };
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "the format " + format + " wants a number, but the value is " + value);
    } catch (IllegalFormatException e) {
      throw new IllegalArgumentException("the flags of the format " + format + " do not fit");
    }
  }

  private static BigInteger integer(String value) {
    return new BigInteger(value.strip());
  }

  private static BigDecimal decimal(String value) {
    BigDecimal number = new BigDecimal(value.strip());
    if (Math.abs((long) number.precision() - number.scale()) > 400 || number.scale() > 1000) {
      throw new NumberFormatException("beyond what a double holds");
    }
    return number;
  }

  /**
   * Formats like C's {@code %g}: the shorter of {@code %e} and {@code %f}, without trailing zeros.
   */
  private static String general(String flags, char type, BigDecimal value) {
    int point = flags.indexOf('.');
    int precision = point < 0 ? 6 : Math.max(1, Integer.parseInt(flags.substring(point + 1)));
    String layout = point < 0 ? flags : flags.substring(0, point);
    String width = layout.replaceFirst("^[-+#0]*", "");
    String options = layout.contains("+") ? "+" : "";
    if (!width.isEmpty()) {
      boolean zeros = layout.matches("[-+#]*0.*");
      options += (layout.contains("-") ? "-" : zeros ? "0" : "") + width;
    }
    BigDecimal digits = value.round(new MathContext(precision)).stripTrailingZeros();
    int exponent = digits.precision() - digits.scale() - 1;
    return exponent < -4 || exponent >= precision
        ? formatted(options + "." + (digits.precision() - 1) + (type == 'g' ? 'e' : 'E'), digits)
        : formatted(options + "." + Math.max(0, digits.scale()) + "f", digits);
  }

  private static String formatted(String format, Object value) {
    return String.format(Locale.ROOT, "%" + format, value);
  }
}
