package dev.torc.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceholderTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "awk '{print $1}'",
        "${HOME}",
        "{a,b}",
        "{}",
        "{ x }",
        "{1}",
        "{x",
        "x}",
        "{x[a]}",
        "{x[]}",
        "{x:}",
        "{x:03}",
        "{x: y}",
        "{\"a\":1}",
        "{x.1}",
        "{x-y}",
        "{{ x }}",
        "{{x}",
        "{é}",
        "{x[1234567]}",
        "{x:.}",
        "{"
      })
  void whatIsNoPlaceholderStaysAsItIs(String text) {
    if (!text.equals("{{x}")) {
      assertEquals(List.of(text), Placeholder.split(text));
    }
  }

  @Test
  void anIdentifierMayHaveAnIndexANameOrAFormat() {
    assertEquals(
        List.of(
            "a ",
            new Placeholder("{x}", "x", -1, null, null),
            new Placeholder("{x[10]}", "x", 10, null, null),
            " ",
            new Placeholder("{x.y_1}", "x", -1, "y_1", null),
            new Placeholder("{_x:03d}", "_x", -1, null, "03d"),
            new Placeholder("{x:stem}", "x", -1, null, "stem"),
            " b"),
        Placeholder.split("a {x}{x[10]} {x.y_1}{_x:03d}{x:stem} b"));
  }

  @Test
  void doubledBracesMeanTheText() {
    assertEquals(List.of("a {print} b"), Placeholder.split("a {{print}} b"));
    assertEquals(List.of("{x[0]}{x.y}"), Placeholder.split("{{x[0]}}{{x.y}}"));
    assertEquals(List.of("{{x}}"), Placeholder.split("{{{x}}}"));
    assertEquals(List.of("${x}"), Placeholder.split("${{x}}"));
    assertEquals(
        List.of("{", new Placeholder("{x}", "x", -1, null, null)), Placeholder.split("{{x}"));
  }

  @Property
  void nothingIsLostButDoubledBraces(@ForAll String text) {
    String joined =
        Placeholder.split(text).stream()
            .map(part -> part instanceof Placeholder hole ? hole.written() : (String) part)
            .collect(Collectors.joining());
    if (!text.contains("{{")) {
      assertEquals(text, joined);
    }
  }
}
