package dev.torc.features.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PlaceholderTest {

  /** Quadratic time would take minutes. */
  @Test
  @Timeout(60)
  void aTextOfBracesIsReadInTime() {
    String text = "{".repeat(400_000) + "}";
    assertEquals(List.of(text), Placeholder.split(text, _ -> false));
  }

  @Property
  void nothingIsLostButDoubledBraces(@ForAll String text) {
    String joined =
        Placeholder.split(text, _ -> false).stream()
            .map(part -> part instanceof Placeholder hole ? hole.written() : (String) part)
            .collect(Collectors.joining());
    if (!text.contains("{{")) {
      assertEquals(text, joined);
    }
  }
}
