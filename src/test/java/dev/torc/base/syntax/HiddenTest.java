package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@link Hidden} masks in whole texts; {@link MaskTest} has the streams. */
class HiddenTest {

  @Test
  void nothingIsMaskedBeforeValuesAreAdded() throws IOException {
    Hidden hidden = new Hidden();
    assertEquals("one_0123456789", hidden.text("one_0123456789"));
    hidden.add(List.of("one_0123456789"));
    hidden.add(List.of("two<0123456789"));
    StringWriter out = new StringWriter();
    hidden.write(out, to -> to.write("a/one_0123456789.csv, two<0123456789, two&lt;0123456789"));
    assertEquals("a/***.csv, ***, ***", out.toString());
  }

  @Test
  void valuesAreTheSameObjectUntilOneIsNew() {
    Hidden hidden = new Hidden();
    hidden.add(List.of("one_0123456789"));
    var values = hidden.values();
    hidden.add(List.of("one_0123456789"));
    assertEquals(true, values == hidden.values());
  }
}
