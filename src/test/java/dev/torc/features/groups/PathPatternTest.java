package dev.torc.features.groups;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.features.reading.Placeholder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

public class PathPatternTest {

  /** Reads a pattern such as {@code {a}_{b}.fq}. */
  public static PathPattern match(String written) {
    List<String> holes = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    Map<String, String> constraints = new HashMap<>();
    for (Object part : Placeholder.split(written, _ -> false, true)) {
      if (part instanceof Placeholder hole) {
        holes.add(hole.name());
        if (hole.format() != null) {
          constraints.put(hole.name(), hole.format());
        }
        text.append(PathPattern.HOLE);
      } else {
        text.append(part);
      }
    }
    return PathPattern.of(text.toString(), holes, constraints, Place.NONE);
  }

  @Test
  void aRegularExpressionThatTakesTooLongIsAnError() {
    PathPattern match = match("{a:x*x*x*x*x*x*x*x*}y");
    BadInput slow = assertThrows(BadInput.class, () -> match.values("x".repeat(200) + "z"));
    assertTrue(slow.getMessage().contains("take too long"), slow.getMessage());
  }

  @Provide
  Arbitrary<String> patterns() {
    return Arbitraries.of("{a}", "{b}", "{a}", "_", "x", "/", ".")
        .list()
        .ofMinSize(1)
        .ofMaxSize(7)
        .map(parts -> String.join("", parts))
        .filter(text -> text.contains("{") && text.split("\\{", -1).length <= 6);
  }

  @Property(tries = 3000)
  void valuesAreThoseOfANaiveOracle(
      @ForAll("patterns") String pattern,
      @ForAll @Chars({'x', '_', '/', '.'}) @StringLength(max = 8) String path) {
    PathPattern match = match(pattern);
    assertEquals(oracle(pattern, path, match.names()), match.values(path));
    if (match.values(path) != null && !path.contains("//") && !path.startsWith("/")) {
      assertTrue(match.glob().matches(path), match.glob() + " " + path);
    }
  }

  /** Tries all values, longest first, for one name after the other. */
  private static List<String> oracle(String pattern, String path, List<String> names) {
    return oracle(pattern, path, names, new ArrayList<>());
  }

  private static List<String> oracle(
      String pattern, String path, List<String> names, List<String> chosen) {
    if (chosen.size() == names.size()) {
      String made = pattern;
      for (int i = 0; i < names.size(); i++) {
        made = made.replace("{" + names.get(i) + "}", chosen.get(i));
      }
      boolean hidden = false;
      for (String part : pattern.split("/", -1)) {
        if (part.startsWith("{")) {
          String value = chosen.get(names.indexOf(part.substring(1, 2)));
          hidden |= value.startsWith(".");
        }
      }
      return made.equals(path) && !hidden ? List.copyOf(chosen) : null;
    }
    for (int length = path.length(); length > 0; length--) {
      for (int from = 0; from + length <= path.length(); from++) {
        String value = path.substring(from, from + length);
        if (value.indexOf('/') < 0) {
          chosen.add(value);
          List<String> found = oracle(pattern, path, names, chosen);
          chosen.removeLast();
          if (found != null) {
            return found;
          }
        }
      }
    }
    return null;
  }
}
