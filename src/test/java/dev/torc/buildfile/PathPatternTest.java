package dev.torc.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPatternTest {

  /** Reads {@code {a}_{b}.fq}. */
  private static PathPattern match(String written) {
    List<String> holes = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    Map<String, String> constraints = new HashMap<>();
    for (Object part : Placeholder.split(written, true)) {
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fq/{sample}_{lane}.fq|fq/s_1.fq|s 1",
        // As much as it can, left first.
        "fq/{sample}_{lane}.fq|fq/a_b_1.fq|a_b 1",
        "{a}{b}|xyz|xy z",
        "{d}/{f}.txt|a/b.txt|a b",
        // A name takes no slash, and one character at least.
        "{d}/{f}.txt|a/b/c.txt|",
        "fq/{sample}.fq|fq/.fq|",
        // Used twice, it must be equal.
        "{s}/{s}.txt|a/a.txt|a",
        "{s}/{s}.txt|a/b.txt|",
        "{s}1{s}|a1a|a",
        // Only a written dot matches a leading dot.
        "{f}.txt|.a.txt|",
        "d/{f}.txt|d/.a.txt|",
        ".{f}.txt|.a.txt|a",
        // What is special elsewhere is not here.
        "a.b+(x)/{f}|a.b+(x)/y|y",
        "a.b/{f}|axb/y|",
        // A regular expression takes what it matches, but no slash and not nothing.
        "fq/{s}_{lane:L[0-9]+}.fq|fq/a_b_L1.fq|a_b L1",
        "fq/{s}_{lane:L[0-9]+}.fq|fq/a_b_1.fq|",
        "fq/{s:.{1,2}}{t}.fq|fq/abc.fq|ab c",
        "fq/{s:(a)(b)?}{t:.*}.fq|fq/abc.fq|ab c",
        "{a:.+}.fq|x/y.fq|",
        "{a:x*}{b}.fq|y.fq|",
        "{a:[xy]}/{a}.fq|x/x.fq|x",
        "{a:[xy]}/{a}.fq|x/y.fq|",
        "{a:\\{x}.fq|{x.fq|{x",
      })
  void names(String pattern, String path, String values) {
    List<String> found = match(pattern).values(path);
    if (values == null) {
      assertNull(found);
    } else {
      assertEquals(List.of(values.split(" ")), found);
    }
  }

  @Test
  void aRegularExpressionThatTakesTooLongIsAnError() {
    PathPattern match = match("{a:x*x*x*x*x*x*x*x*}y");
    BadInput slow = assertThrows(BadInput.class, () -> match.values("x".repeat(200) + "z"));
    assertTrue(slow.getMessage().contains("take too long"), slow.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{a:(}|{a:(} is no regular expression: Unclosed group", "{a:(x)\\1}|refer back"})
  void aBadRegularExpressionIsAnError(String pattern, String why) {
    Exception bad = assertThrows(IllegalArgumentException.class, () -> match(pattern));
    assertTrue(bad.getMessage().contains(why), bad.getMessage());
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a|a pattern to match needs a name, such as {sample}",
        "*{a}|a pattern to match has names, such as {sample}, instead of wildcards",
        "{a}{b}{c}{d}{e}{f}{g}|a pattern to match can have 6 names; this has 7",
      })
  void whatIsRefused(String pattern, String message) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> match(pattern));
    assertEquals(message, e.getMessage());
  }
}
