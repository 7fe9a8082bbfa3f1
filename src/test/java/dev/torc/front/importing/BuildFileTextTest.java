package dev.torc.front.importing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Checks that any text that is written is read back unchanged. */
class BuildFileTextTest {

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "a", "b c", "{", "}", "[", "]", ":", ": ", "#", " #", "-", "- ", "'", "\"", "\\", "\n",
            "\n  ", "\t", "é", "\u0001", "\u0085", "\u2028", "\ufeff", "😀", "?", "*", "&", "!",
            "%", "@", "`", "|", ">", "~", "null", "true", "012", ",", "=", "<<", "...", "---", " ",
            "\r")
        .list()
        .ofMaxSize(6)
        .map(parts -> String.join("", parts));
  }

  @Property(tries = 500)
  void everyTextIsReadBackAsKeyValueAndItem(
      @ForAll("texts") String key, @ForAll("texts") String value, @ForAll("texts") String item)
      throws IOException {
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    map.put(key, value);
    map.put(key + "2", List.of(item, value));
    map.put(key + "3", new BuildFileText.Flow(Map.of("k", item)));
    map.put(key + "4", List.of(Map.of(key, value)));
    BuildFileText out = new BuildFileText();
    out.entry("top", map);
    map.replaceAll((k, v) -> new BuildFileText.Placed(Place.NONE, v));
    out.entry("placed", map);
    assertEquals(plain(Map.of("top", map, "placed", map)), plain(read(out.text())), out.text());
  }

  private static Node read(String text) throws IOException {
    Path file = Files.createTempFile("writer", ".yaml");
    try {
      Files.writeString(file, text);
      return SourceFile.parse(SourceFile.bytes(file, "x.yaml"), "x.yaml");
    } finally {
      Files.delete(file);
    }
  }

  /** What was written, or read, as maps, lists and texts. */
  private static Object plain(Object value) {
    return switch (value) {
      case BuildFileText.Placed placed -> plain(placed.value());
      case BuildFileText.Flow flow -> plain(flow.map());
      case Map<?, ?> map -> {
        Map<Object, Object> out = new LinkedHashMap<>();
        map.forEach((key, each) -> out.put(key, plain(each)));
        yield out;
      }
      case Node.Mapping map -> {
        Map<Object, Object> out = new LinkedHashMap<>();
        map.entries().forEach((key, entry) -> out.put(key, plain(entry.value())));
        yield out;
      }
      case List<?> list ->
          new ArrayList<Object>(list.stream().map(BuildFileTextTest::plain).toList());
      case Node.Sequence list ->
          new ArrayList<Object>(list.items().stream().map(BuildFileTextTest::plain).toList());
      case Node.Scalar scalar -> scalar.isNothing() ? "nothing" : scalar.text();
      default -> value;
    };
  }
}
