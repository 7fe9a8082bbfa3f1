package dev.torc.front.importing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Vars;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Checks that an escaped text is read as the original text. */
class LiteralTextTest {

  @Provide
  Arbitrary<String> braces() {
    return Arbitraries.of("{", "}", "$", "a", "{a}", "{a:03d}", "{{", "}}", "{a.b}", "[0]", " ")
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  @Property
  void anyTextCanBeWritten(@ForAll("braces") String text) {
    String written = LiteralText.of(text);
    Node.Scalar node = new Node.Scalar(Place.NONE, written, true);
    assertEquals(text, new Scope(Vars.of(Map.of()), null, new Problems()).text(node));
  }

  @Property
  void textAroundAPlaceholderIsReadAsItWasMeantOrNotWritten(
      @ForAll("braces") String before, @ForAll("braces") String after) {
    String written = LiteralText.write(List.of(before, "{x}", after));
    if (written != null) {
      Node.Scalar node = new Node.Scalar(Place.NONE, written, true);
      assertEquals(
          before + "5" + after,
          new Scope(Vars.of(Map.of("x", "5")), null, new Problems()).text(node));
    }
  }

  @Test
  void aPlaceholderBetweenBracesOrBehindADollarCannotBeWritten() {
    assertNull(LiteralText.write(List.of("{", "{x}", "}")));
    assertNull(LiteralText.write(List.of("$", "{x}", "")));
    assertEquals("{ {x}}", LiteralText.write(List.of("{ ", "{x}", "}")));
    assertEquals("{{a}} {x}", LiteralText.write(List.of("{a} ", "{x}", "")));
  }
}
