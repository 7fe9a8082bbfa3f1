package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Rule 14: a build tells what its new commands read undeclared, and no more. */
class Rule14NewCommandTest extends Harness {

  private static final String CLEAN = "clean: { command: sort, needs: raw, produces: c.csv }\n";

  private static final String COUNT =
      "torc.yaml:3:3: job count names c.csv, a product of job clean that it does not need;"
          + " add c.csv to needs, or its changes go unseen";

  /** The warnings of a build. */
  private List<String> told(String... targets) {
    build(targets);
    return notes().stream().filter(note -> !note.contains(" failed: ")).toList();
  }

  @Test
  void aCommandIsToldOfInTheBuildInWhichItIsNew() {
    edit("raw", "1");
    given(CLEAN + "count: { command: wc c.csv, produces: n }");
    assertEquals(List.of(COUNT), told());
    assertEquals(List.of(), told());
    delete("n");
    assertEquals(List.of(), told(), "it runs, as it ran before");
    ran("count");
    given(CLEAN + "count: { command: wc -l c.csv, produces: n }");
    assertEquals(List.of(COUNT), told());
    given(CLEAN + "count: { command: wc -l c.csv, produces: n }\nlast: { command: x | y }");
    assertEquals(
        List.of(
            "torc.yaml:4:3: job last: in a pipe sh notices only the last failure; set shell:"
                + " [bash, -e, -o, pipefail, -c]"),
        told());
    given(
        CLEAN
            + "count: { command: wc -l c.csv, produces: n, shell: [bash, -c] }\n"
            + "last: { command: x | y }");
    assertEquals(List.of(COUNT), told(), "the shell is new");
    given(CLEAN + "count: { command: wc -l c.csv, needs: c.csv, produces: n, shell: [bash, -c] }");
    assertEquals(List.of(), told());
  }

  @Test
  void aCommandThatFailedIsNotNewAndOneThatWasNotReachedIs() {
    edit("raw", "1");
    given(
        CLEAN
            + "count: { command: wc c.csv, produces: n }\n"
            + "then: { command: x c.csv, needs: n, after: clean }");
    failing("count");
    assertEquals(2, told().size());
    assertEquals(List.of("torc.yaml:4:3"), told().stream().map(n -> n.substring(0, 13)).toList());
    usual("count");
    assertEquals(1, told().size());
    assertEquals(List.of(), told());
  }

  @Test
  void onlyWhatWillRunIsToldOf() {
    edit("raw", "1");
    given(CLEAN + "count: { command: wc c.csv, produces: n }");
    assertEquals(List.of(), told("clean"));
    assertEquals(List.of(COUNT), told());
  }

  @Test
  void instancesThatComeUpAreToldOfOnceForTheirGroup() {
    edit("raw", "1");
    given(
        CLEAN
            + """
            list: { command: ls, needs: raw, produces: 'parts/*' }
            each:
              command: 'x {p} c.csv | y'
              parameters: { p: { products: list } }
              needs: '{p}'
              produces: 'out/{p:name}'
            """);
    job(
        "list",
        stub -> {
          for (String part : stub.read("raw").split(" ")) {
            stub.write("parts/" + part, part);
          }
          return stub.exit(0);
        });
    edit("raw", "1 2 3");
    List<String> told = told();
    assertEquals(3, started().stream().filter(job -> job.startsWith("each/")).count());
    assertEquals(2, told.size(), told.toString());
    assertTrue(told.get(0).contains("names c.csv, a product of job clean"), told.toString());
    assertTrue(told.get(1).contains("in a pipe sh"), told.toString());
    assertEquals(List.of(), told());
    edit("raw", "1 2 3 4");
    told = told();
    assertTrue(told.getFirst().startsWith("torc.yaml:4:3: job each/p=parts%2F4 names"), "" + told);
    assertEquals(2, told.size());
  }

  @Test
  void anEditOfAnInputAsksForNoCommand() {
    edit("raw", "1");
    edit("run.sh", "");
    given(CLEAN + "count: { command: sh run.sh, needs: c.csv, produces: n }");
    assertEquals(1, told().size());
    edit("raw", "2");
    assertEquals(List.of(), told());
    ran("clean", "count");
  }
}
