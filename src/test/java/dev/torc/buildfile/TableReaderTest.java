package dev.torc.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.syntax.BadInput;
import dev.torc.workflow.Workflow;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups whose values stand in files. */
class TableReaderTest {

  private static Written table(String table, String file, String text) {
    return Written.yaml("jobs:", "  g: {command: x, table: " + table + "}").file(file, text);
  }

  private static List<String> instances(String table, String file, String text) {
    return table(table, file, text).load().groups().getFirst().instances();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "t.csv|lr,seed~0.1,1~0.10,02",
        "t.csv|lr,seed^~0.1,1^~0.10,02^~",
        "t.csv|\"lr\",seed~\"0.1\",1~~0.10,\"02\"~",
        "t.tsv|lr\tseed~0.1\t1~0.10\t02",
        "t.jsonl|{\"lr\": 0.1, \"seed\": 1}~{\"seed\": \"02\", \"lr\": 0.10}~",
        "t.ndjson|{\"lr\": 0.1, \"seed\": 1}~{\"seed\": \"02\", \"lr\": 0.10}~",
        "t.json|[{\"lr\": 0.1, \"seed\": 1}, {\"seed\": \"02\", \"lr\": 0.10}]",
      })
  void oneRowIsOneInstanceWithValuesAsWritten(String file, String text) {
    assertEquals(
        List.of("g/lr=0.1,seed=1", "g/lr=0.10,seed=02"),
        instances(file, file, text.replace('~', '\n').replace('^', '\r').replace("\\t", "\t")));
  }

  @Test
  void csvHasQuotesAndTextsOfSeveralLines() {
    Workflow workflow = table("t.csv", "t.csv", "a,b\n\"x, \"\"y\"\"\nz\",1\n,-é\n").load();
    assertEquals("x, \"y\"\nz", workflow.jobs().getFirst().parameters().get("a"));
    assertEquals("g/a=x%2C%20\"y\"%0Az,b=1", workflow.jobs().getFirst().name());
    assertEquals("g/a=,b=-é", workflow.jobs().getLast().name());
  }

  @Test
  void onlyTheColumnsNamedNameAnInstanceAndCount() {
    assertEquals(
        List.of("g/lr=0.1", "g/lr=0.2"),
        instances("{file: t.csv, columns: [lr]}", "t.csv", "who,lr\nme,0.1\nyou,0.2"));
    assertEquals(
        List.of("g/lr=0.1"),
        instances("{file: t.json, columns: lr}", "t.json", "[{\"who\": [1], \"lr\": 0.1}]"));
  }

  @Test
  void theOrderOfColumnsIsNothing() {
    assertEquals(
        instances("t.csv", "t.csv", "a,b\n1,2\n"), instances("t.csv", "t.csv", "b,a\n2,1\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "t.csv|t.csv|a,b~1,2~1|t.csv:3:1: the row has 1 field, the header 2",
        "t.csv|t.csv|a,b~\"1~\",2~1,2,3|t.csv:4:1: the row has 3 fields, the header 2",
        "t.csv|t.csv|a,a~1,2|t.csv:1:1: two columns a",
        "t.csv|t.csv|a b~1|torc.yaml:2:3: the name of a parameter is letters, digits and _; this"
            + " is a b",
        "t.csv|t.csv|PATH~1|torc.yaml:2:3: a parameter is a variable in its job's environment;"
            + " rename PATH",
        "t.csv|t.csv|a~\"1|t.csv:2:1: a quote that nothing closes",
        "t.csv|t.csv|a~\"1\"2|t.csv:2:1: something follows the quote that closes a field",
        "'{file: t.csv, columns: [rat]}'|t.csv|rate,seed~1,2|t.csv:1:1: no column rat; did you"
            + " mean rate?",
        "'{file: t.csv, columns: [x]}'|t.csv|rate,seed~1,2|t.csv:1:1: no column x; there are rate,"
            + " seed",
        "'{file: t.jsonl, columns: [x]}'|t.jsonl|{\"y\": 1}|t.jsonl:1:1: no column x; there are ",
        "t.jsonl|t.jsonl|{\"a\": 1}~{\"b\": 1}|t.jsonl:2:1: no column a; there are b",
        "t.jsonl|t.jsonl|{\"a\": 1}~{\"a\": 2, \"b\": 1}|t.jsonl:2:1: the first row has no column"
            + " b",
        "t.jsonl|t.jsonl|{\"a\": null}|t.jsonl:1:7: a must be a text, a number, true or false",
        "t.jsonl|t.jsonl|[1]|t.jsonl:1:1: a row of a table is an object",
        "t.json|t.json|{}|t.json:1:1: a table in JSON is a list of objects",
        "t.json|t.json|[{\"a\": 1}] x|t.json:1:13: unrecognized token 'x': was expecting",
        "t.json|t.json|[{\"a\": 1}, ]|t.json:1:12: unexpected character",
        "t.csv|t.csv|a,b~1,2~3,4~1,2|t.csv:4:1: the same values as at t.csv:2:1: a=1,b=2",
        "t.xls|t.xls|a|torc.yaml:2:19: t.xls: a table's name ends in .csv, .tsv, .json or .jsonl,"
            + " which tells its form",
        "t.csv|dir/x|a|torc.yaml:2:19: t.csv: no such file",
      })
  void whatIsWrongIsToldWithFileAndLine(String table, String file, String text, String message) {
    String told = table(table, file, text.replace('~', '\n')).refused();
    assertTrue(told.startsWith(message) && told.lines().count() == 1, told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"t.csv|''", "t.csv|a,b~", "t.json|[]", "t.json|''", "t.jsonl|''", "t.tsv|~"})
  void anEmptyFileIsNoInstancesAndSaid(String file, String text) {
    Workflow workflow = table(file, file, text.replace('~', '\n')).load();
    assertEquals(List.of(), workflow.jobs());
    assertEquals(List.of(), workflow.groups().getFirst().instances());
    assertEquals(
        "[torc.yaml:2:19: no values, so g has no instances: " + file + " holds none]",
        workflow.groups().getFirst().warnings().toString());
    assertEquals("torc.yaml:2:19: " + file + " holds none", workflow.groups().getFirst().nothing());
  }

  @Test
  void linesAreValuesAsTheyAreAndBlankOnesAreSkipped() throws Exception {
    try (Written files =
        Written.yaml("jobs: {g: {command: x, parameters: {s: {lines: seeds.txt}}}}")
            .file("seeds.txt", "3\r\n\n  \n #1 x\n-2")) {
      assertEquals(
          List.of("3", " #1 x", "-2"),
          files.load().jobs().stream().map(job -> job.parameters().get("s")).toList());
      files.file("seeds.txt", "1\n\n1\n");
      assertEquals("seeds.txt:3:1: the same values as at seeds.txt:1:1: s=1", files.refused());
    }
  }

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
