package dev.torc.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torc.syntax.BadInput;
import dev.torc.workflow.Workflow;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Groups whose values stand in files. */
class TableReaderTest {

  @Test
  void aMillionRowsAreReadInBoundedTimeAndMemory() throws Exception {
    StringBuilder text = new StringBuilder("a,b\n");
    for (int i = 0; i < 1_000_000; i++) {
      text.append(i).append(",x\n");
    }
    try (Written files = new Written().file("t.csv", text.toString())) {
      Axis.Rows content =
          TableReader.read(TableReader.bytes(files.path("t.csv"), "t.csv"), "t.csv", List.of());
      assertEquals(1_000_000, content.rows().size());
      assertEquals(List.of("999999", "x"), content.rows().getLast().values());
      files.file("t.csv", text + "more,x\n");
      BadInput e =
          assertThrows(
              BadInput.class,
              () ->
                  TableReader.read(
                      TableReader.bytes(files.path("t.csv"), "t.csv"), "t.csv", List.of()));
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
    assertEquals("g/a=99999,b=x", workflow.jobs().getLast().name());
  }
}
