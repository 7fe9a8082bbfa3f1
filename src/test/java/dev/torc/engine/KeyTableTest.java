package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.syntax.BadInput;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables of which some columns name the instances, and the others are for placeholders only. */
class KeyTableTest extends Harness {

  private static final String ALIGN =
      """
      align:
        command: bwa {needs.one} {needs.two}
        table: { file: s.csv, key: sample }
        needs: { one: "{r1}", two: "{r2}" }
        produces: "{sample}.bam"
      """;

  private void sheet(String... rows) {
    edit("s.csv", "sample,r1,r2,Who did it\n" + String.join("\n", rows) + "\n");
  }

  private void reads(String... names) {
    for (String name : names) {
      edit(name, name);
    }
  }

  @Test
  void theKeyNamesTheInstanceAndOtherColumnsCountWhereTheyAreUsed() {
    given(ALIGN);
    reads("a_1.fq", "a_2.fq", "b*1.fq", "bx1.fq");
    sheet("a,a_1.fq,a_2.fq,me", "b,b*1.fq,,you");
    Map<String, String> commands = new ConcurrentHashMap<>(); // two jobs run at a time
    for (String sample : new String[] {"a", "b"}) {
      job(
          "align/sample=" + sample,
          stub -> {
            commands.put(sample, stub.command());
            assertEquals(sample, stub.env("sample"));
            assertNull(stub.env("r1"));
            return work(stub);
          });
    }
    build().ran("align/sample=a", "align/sample=b");
    assertEquals(Map.of("a", "bwa a_1.fq a_2.fq", "b", "bwa 'b*1.fq' "), commands);

    sheet("b,b*1.fq,,me", "a,a_1.fq,a_2.fq,nobody"); // moved, and a column that nothing uses
    assertEquals(Map.of("align/sample=a", "up to date", "align/sample=b", "up to date"), look());

    reads("a_3.fq");
    sheet("a,a_1.fq,a_3.fq,me", "b,b*1.fq,,you");
    build().ran("align/sample=a");
    assertTrue(why("align/sample=a").contains("need added a_3.fq"), why("align/sample=a"));
    assertTrue(why("align/sample=a").contains("need removed a_2.fq"), why("align/sample=a"));
  }

  @Test
  void aTableThatAJobMadeAnewChangesWhatItsInstancesRead() {
    given("sheet: { command: make, needs: [x], produces: [s.csv] }\n" + ALIGN);
    reads("a_1.fq", "a_2.fq", "x");
    job(
        "sheet",
        stub -> {
          stub.write("s.csv", "sample,r1,r2\na," + stub.read("x").strip() + ",\n");
          return stub.exit(0);
        });
    edit("x", "a_1.fq");
    build().ran("sheet", "align/sample=a");
    edit("x", "a_2.fq");
    build().ran("sheet", "align/sample=a");
    assertTrue(why("align/sample=a").contains("need added a_2.fq"), why("align/sample=a"));
    build().ran();
    assertEquals("up to date", look().get("align/sample=a"));
  }

  @Test
  void aTableMultipliesParametersAndHidesColumnsThatItDoesNotList() {
    given(
        """
        a:
          command: 'make {r1} {lane}'
          table: { file: s.csv, key: [sample], columns: [sample, r1] }
          parameters: { lane: [1, 2] }
        """);
    sheet("a,x,y,me");
    build().ran("a/lane=1,sample=a", "a/lane=2,sample=a");
    given(
        "a: { command: 'make {r2}', table: { file: s.csv, key: sample, columns: [sample, r1] } }");
    assertTrue(refused().endsWith("unknown placeholder {r2}; did you mean r1?"), refused());
  }

  private String refused() {
    return assertThrows(BadInput.class, this::look).getMessage();
  }

  @Test
  void aDollarMeansParametersOnly() throws Exception {
    given("a: { command: make, table: { file: s.csv, key: sample }, needs: ['$r1', '$sample'] }");
    sheet("a,x,y,me");
    Files.writeString(root.resolve("$r1"), "1");
    edit("a", "1");
    build();
    assertEquals(0, exit, () -> notes().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "key: sample|a,1,2,x;a,3,4,y|s.csv:3:1: the same key as at s.csv:2:1: sample=a",
        "key: [sample, r1]|a,1,2,x;a,1,4,y|s.csv:3:1: the same key as at s.csv:2:1: sample=a,r1=1",
        "key: simple|a,1,2,x|s.csv:1:1: no column simple; did you mean sample?",
        "key: []|a,1,2,x|torc.yaml:2:47: key names none",
        "key: [sample, sample]|a,1,2,x|torc.yaml:2:47: key names one twice",
        "key: r1, columns: [sample]|a,1,2,x|torc.yaml:2:47: r1 is not among columns",
        "keys: r1|a,1,2,x|torc.yaml:2:42: unknown key keys in table; did you mean key?",
        "key: Who did it|a,1,2,x|torc.yaml:2:20: the name of a parameter is letters, digits and _;"
            + " this is Who did it",
      })
  void whatIsWrong(String key, String rows, String message) {
    given("a: { command: x, table: { file: s.csv, " + key + " } }");
    sheet(rows.split(";"));
    assertEquals(message, refused());
  }

  @Test
  void aColumnThatMeansSomethingElseIsRefused() {
    given("a: { command: x, table: { file: s.csv, key: sample } }");
    edit("s.csv", "sample,memory\na,1\n");
    assertTrue(
        refused().contains("{memory} is the memory that was granted, in MiB; rename the column"),
        refused());
    givenFile("vars: { r1: x }\njobs: { a: { command: x, table: { file: s.csv, key: sample } } }");
    sheet("a,1,2,x");
    assertTrue(refused().contains("the column r1 is a var as well; rename one"), refused());
  }
}
