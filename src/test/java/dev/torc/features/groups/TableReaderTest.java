package dev.torc.features.groups;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torc.base.syntax.BadInput;
import dev.torc.core.model.Workflow;
import dev.torc.front.buildfile.Written;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests groups whose values are in files. */
class TableReaderTest {

  @Test
  void aMillionRowsAreReadInBoundedTimeAndMemory() throws Exception {
    StringBuilder text = new StringBuilder("a,b\n");
    for (int i = 0; i < 1_000_000; i++) {
      text.append(i).append(",x\n");
    }
    try (Written files = new Written().file("t.csv", text.toString())) {
      AxisRows content =
          TableReader.read(
              TableReader.bytes(files.path("t.csv"), "t.csv"), TableReader.whole("t.csv", false));
      assertEquals(1_000_000, content.rows().size());
      assertEquals("[999999, x]", content.rows().getLast().values().toString());
      files.file("t.csv", text + "more,x\n");
      BadInput e =
          assertThrows(
              BadInput.class,
              () ->
                  TableReader.read(
                      TableReader.bytes(files.path("t.csv"), "t.csv"),
                      TableReader.whole("t.csv", false)));
      assertEquals("t.csv:1000002:1: more than 1000000 rows", e.getMessage());
    }
  }

  @Test
  void aHundredThousandRowsAreAHundredThousandInstances() {
    StringBuilder text = new StringBuilder("a,b\n");
    for (int i = 0; i < 100_000; i++) {
      text.append(i).append(",x\n");
    }
    Workflow workflow =
        Written.yaml("jobs: {g: {command: 'x {a}', produces: 'out/{a}', table: t.csv}}")
            .file("t.csv", text.toString())
            .load();
    assertEquals(100_000, workflow.jobs().size());
    assertEquals("g/a=99999", workflow.jobs().getLast().name());
  }

  @Test
  void theTimeGrowsAsTheColumnsDo() throws Exception {
    int columns = 300_000;
    String header = IntStream.range(0, columns).mapToObj(c -> "c" + c).collect(joining(","));
    String row = "x" + ",".repeat(columns - 1);
    AxisRows content = read("t.csv", header + "\n" + row + "\n");
    assertEquals(columns, content.names().size());
    assertEquals(columns, content.rows().getFirst().values().size());
  }

  @Test
  void aByteOrderMarkIsNoCharacterOfACell() throws Exception {
    for (String mark : List.of("", "\uFEFF")) {
      AxisRows content = read("t.csv", mark + "\"a\",b\n1,\uFEFF2\n");
      assertEquals(List.of("a", "b"), content.names());
      BadInput.Diagnostic warning = content.warnings().getFirst();
      assertEquals("t.csv:2:3", warning.place().toString(), warning.message());
    }
    BadInput e =
        assertThrows(
            BadInput.class,
            () ->
                TableReader.read(
                    "\uFEFFa,b".getBytes(StandardCharsets.UTF_16BE),
                    TableReader.whole("t.csv", false)));
    assertEquals("t.csv:1:1: this is UTF-16; save the file as UTF-8", e.getMessage());
  }

  private static AxisRows read(String name, String text) throws IOException {
    return TableReader.read(text.getBytes(StandardCharsets.UTF_8), TableReader.whole(name, false));
  }
}
