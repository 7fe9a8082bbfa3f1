package dev.torc.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PlaceholderTest {

  @Property
  void nothingIsLostButDoubledBraces(@ForAll String text) {
    String joined =
        Placeholder.split(text, Placeholder.Names.NONE).stream()
            .map(part -> part instanceof Placeholder hole ? hole.written() : (String) part)
            .collect(Collectors.joining());
    if (!text.contains("{{")) {
      assertEquals(text, joined);
    }
  }
}
