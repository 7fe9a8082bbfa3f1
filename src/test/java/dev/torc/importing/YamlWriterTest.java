package dev.torc.importing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.syntax.Node;
import dev.torc.syntax.SourceFile;
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

/** What is written is read back as it was, whatever texts it has. */
class YamlWriterTest {

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
    map.put(key + "3", new YamlWriter.Flow(Map.of("k", item)));
    map.put(key + "4", List.of(Map.of(key, value)));
    YamlWriter out = new YamlWriter();
    out.section("top", map);
    assertEquals(plain(Map.of("top", map)), plain(read(out.text())));
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

  /** Maps, lists and texts of what was written, or read. */
  private static Object plain(Object value) {
    return switch (value) {
      case YamlWriter.Flow flow -> plain(flow.map());
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
      case List<?> list -> new ArrayList<Object>(list.stream().map(YamlWriterTest::plain).toList());
      case Node.Sequence list ->
          new ArrayList<Object>(list.items().stream().map(YamlWriterTest::plain).toList());
      case Node.Scalar scalar -> scalar.isNothing() ? "nothing" : scalar.text();
      default -> value;
    };
  }
}
