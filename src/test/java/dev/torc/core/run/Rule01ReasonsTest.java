package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.core.decide.Reason;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.SharingHost;
import dev.torc.core.memory.StartMark;
import dev.torc.core.memory.StartMarks;
import dev.torc.core.run.StubRunner.Stub;
import dev.torc.features.finds.Tracing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rule 1: when a job runs, and the reason it gives. */
class Rule01ReasonsTest extends Harness {

  private static final String JOB = "a: { command: make a, needs: [x], produces: [a.out] }";

  /**
   * The columns: a name, steps before a build, steps after it, and the verdict on {@code a}. Steps
   * are those of {@link #does}, joined by {@code " & "}; a step of keys alone gives these to the
   * job. At first there are {@code x}, {@code y}, {@code d/one} and the caller's variable CC.
   */
  private static final String TABLE =
      """
      nothing           |                                   |                                 | up to date
      what decides nothing |                                | + retries: 2, priority: 7, tags: [t], description: d, resources: { cpus: 2, runtime: 1h } | up to date
      granted amounts   | command: 'a {cpus} {attempt}'     | command: 'a {cpus} {attempt}', resources: { cpus: 3 } | up to date
      a first build     |                                   | delete .torc                    | will run: never ran
      command           |                                   | command: make b, needs: [x]     | will run: setting changed command
      shell             | command: make a; b                | command: make a; b, shell: [bash, -c] | will run: setting changed shell
      shell of plain words |                                | + shell: [bash, -c]             | up to date
      shell that may read plain words otherwise |           | + shell: [fish, -c]             | will run: setting changed shell
      shell of plain words again | + shell: [fish, -c]      | + shell: [sh, -c]               | will run: setting changed shell
      folder            |                                   | + dir: d                        | will run: setting changed folder
      another folder    | edit e/one 1 & + dir: d           | + dir: e                        | will run: setting changed folder
      list of words     | command: [make, a]                | command: [make, b]              | will run: setting changed command
      traced no more    | + trace: true & traces x          | + trace: false                  | will run: setting changed trace
      image on the host |                                   | + image: busybox                | up to date
      image unavailable |                                   | containers & + image: busybox   | will fail: image unavailable busybox
      variable          | + env: { V: '1' }                 | + env: { V: '2' }               | will run: setting changed env V
      variable left open | + env: { V: '1' }                | + env: { V: }                   | will run: setting changed env V
      caller's variable | + env: { CC: }                    | env CC clang                    | will run: setting changed env CC
      another variable  | + env: { CC: }                    | env OTHER 1                     | up to date
      depfile           |                                   | + depfile: a.d                  | will run: setting changed depfile
      order of needs    | command: a, needs: [x, y]         | command: a, needs: [y, x]       | up to date
      order that is used | command: 'a {needs}', needs: [x, y] | command: 'a {needs}', needs: [y, x] | will run: setting changed needs as written
      names that are used | command: 'a {needs.p} {needs.q}', needs: { p: x, q: y } | command: 'a {needs.p} {needs.q}', needs: { q: x, p: y } | will run: setting changed needs as written
      one step of several | tasks: [{ command: a }, { command: b, env: { V: '1' } }] | tasks: [{ command: a }, { command: b, env: { V: '2' } }] | will run: setting changed env V 2
      order of products | command: 'a {produces}', produces: [a.out, b] | command: 'a {produces}', produces: [b, a.out] | will run: setting changed produces as written
      need changed      |                                   | edit x 2                        | will run: need changed x
      need put back     |                                   | edit x 2 & edit x 1             | up to date
      need added        |                                   | command: make a, needs: [x, y]  | will run: need added y
      need removed      | command: make a, needs: [x, y]    | command: make a, needs: [x]     | will run: need removed y
      need unreadable   |                                   | loop x                          | will fail: need unreadable x
      need vanished     | command: a, needs: ['d/*']        | delete d                        | will fail: need vanished d/*
      need missing      | command: make a, parameters: { i: [x] }, needs: ['{i}'] | delete x | will fail: need missing x
      in a folder       | command: a, needs: [d/]           | edit d/one 2 & edit d/two 2     | will run: need changed d/one; need added d/two
      out of a folder   | edit d/two 2 & command: a, needs: [d/] | delete d/one               | will run: need removed d/one
      in a glob         | command: a, needs: ['d/*.c', '!d/no.c', x] | edit d/two.c 2 & edit d/no.c 2 | will run: need added d/two.c
      beside a glob     | command: a, needs: ['d/*', '!d/no'] | edit d/no 2                   | up to date
      found by depfile  | edit y 1 & depfile                | edit y 2                        | will run: need changed y
      moved             | moves                             | usual                           | will run: moved x; need changed x
      found by trace    | + trace: true & traces y            | edit y 2                        | will run: need changed y
      depfile nowhere   | delete y & depfile                | usual                           | will run: depfile nowhere y
      not traced        | + trace: true & traces in vain      | usual                           | will run: not traced
      no trace wanted   | + trace: true & traces in vain      | off                             | up to date
      data              | data high 1                       | data high 2                     | will run: data changed high
      products declared |                                   | + produces: [a.out, b]          | will run: products declared
      product missing   |                                   | delete a.out                    | will run: product missing a.out
      product altered   |                                   | edit a.out mine                 | will run: product altered a.out
      member added      | in out                            | edit out/more 1                 | will run: product altered out; member added out/more
      member changed    | in out                            | edit out/in mine                | will run: product altered out; member changed out/in
      member deleted    | in out                            | delete out/in                   | will run: product altered out; member deleted out/in
      product wanted    | temporary                         | delete a.out & edit y 2         | will run: product wanted a.out
      tool changed      | + tools: ./d/one                  | edit d/one 2                    | will run: tool changed ./d/one
      always            | + always: true                    |                                 | will run: always
      forced            |                                   | force                           | will run: forced
      named             | command: a, manual: true, produces: [] & name a |                     | will run: named
      failed            | ends FAILED                       | usual                           | will run: failed
      failed before     | ends FAILED                       | usual & keep                    | will fail: failed before
      put back          | ends FAILED                       | edit x 2 & edit x 1 & usual     | will run: failed
      timed out         | ends TIMEOUT                      | usual                           | will run: timed out
      out of memory     | ends MEMORY                       | usual                           | will run: out of memory
      interrupted       | ends INTERRUPTED                  | usual                           | will run: interrupted
      undone            | robbed                            | + tags: [t]                     | will run: undone
      submitted         |                                   | out                             | will run: submitted
      elsewhere         | host one                          | left & host two                 | will fail: elsewhere one
      too old | + max_age: PT0.000001S | | will run: too old PT0.000001S
      frozen, and its product missing | edit a.out 1 & + frozen: true | delete a.out | will fail: frozen a.out
      """;

  private record Row(String name, String before, String since, String verdict) {
    static Row of(String line) {
      List<String> cells = Arrays.stream(line.split("\\|")).map(String::strip).toList();
      return new Row(cells.get(0), cells.get(1), cells.get(2), cells.get(3));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private String[] targets = {};

  static Stream<Row> rows() {
    return TABLE.lines().map(Row::of);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void itsVerdictIs(Row row) throws IOException {
    edit("x", "1");
    edit("y", "1");
    edit("d/one", "1");
    env.put("CC", "gcc");
    containers = false;
    given(JOB);
    for (String step : row.before().split(" & ")) {
      does(step);
    }
    build(targets);
    for (String step : row.since().split(" & ")) {
      does(step);
    }
    var verdicts = look(targets);
    assertEquals(row.verdict(), verdicts.getOrDefault("a", verdicts.get("a/i=x")));
    build(targets);
    String[] said = row.verdict().split("will run: ");
    assertEquals(said.length > 1 ? said[1] : "did not run", why("a"));
  }

  private void does(String step) throws IOException {
    String[] words = step.split(" ");
    switch (words[0]) {
      case "" -> {}
      case "edit" -> edit(words[1], words[2]);
      case "delete" -> delete(words[1]);
      case "env" -> env.put(words[1], words[2]);
      case "force" -> force = true;
      case "keep" -> keepsFailed = true;
      case "name" -> targets = new String[] {words[1]};
      case "containers" -> containers = true; // and no program on the PATH runs them
      case "usual" -> usual("a");
      case "ends" -> job("a", stub -> ended(stub, words[1]));
      case "out" -> {
        CachePlace place = place();
        StartMarks.begin(place, List.of(new StartMark("b0", "a", 1).at("far"))).close();
      }
      case "host" -> here = SharingHost.named(words[1], root);
      case "left" -> {
        try (StartMarks marks = StartMarks.begin(place(), List.of())) {
          marks.add(new StartMark("b0", "a", 1));
        }
      }
      case "loop" -> {
        delete(words[1]);
        Files.createSymbolicLink(root.resolve(words[1]), Path.of(words[1]));
      }
      case "moves" ->
          job(
              "a",
              stub -> {
                edit("x", "2");
                return work(stub);
              });
      case "off" -> env.put(Tracing.VARIABLE, "0");
      case "traces" ->
          job(
              "a",
              stub -> {
                if (words[1].equals("in")) {
                  stub.launch().trace().blind("a hole");
                } else {
                  stub.launch().trace().saw(root.resolve(words[1]).toString());
                }
                return work(stub);
              });
      case "depfile" -> {
        given(JOB.replace("}", ", depfile: a.d }"));
        job(
            "a",
            stub -> {
              stub.write("a.d", "a.out: y\n");
              return work(stub);
            });
      }
      case "data" ->
          givenFile(
              "data: { high: %s }\njobs:\n  a: { command: 'a {data.high}' }\n".formatted(words[2]));
      case "robbed" -> {
        givenFile("hooks: { finish: rob }\njobs:\n  " + JOB);
        job(
            "rob",
            stub -> {
              delete("a.out");
              return stub.exit(0);
            });
      }
      case "in" -> given(JOB.replace("a.out", "out/"));
      case "temporary" ->
          given(
              JOB.replace("}", ", temporary: true }")
                  + "\nb: { command: make b, needs: [a.out, y], produces: [b.out] }");
      default -> {
        String keys =
            step.startsWith("+ ") ? "command: make a, needs: [x], " + step.substring(2) : step;
        given("a: { " + (keys.contains("produces:") ? keys : keys + ", produces: [a.out]") + " }");
      }
    }
  }

  private static ProcessEnd ended(Stub stub, String how) {
    return how.equals("FAILED") ? stub.exit(1) : stub.ended(ProcessEnd.How.valueOf(how));
  }

  @Test
  void everyReasonHasARow() {
    List<Reason.Kind> without =
        Arrays.stream(Reason.Kind.values())
            .filter(kind -> kind != Reason.Kind.PROBE_FAILED) // stories/processes/probe.txt
            .filter(kind -> kind != Reason.Kind.FORCED_BEFORE) // stories/forced*.txt
            .filter(kind -> kind != Reason.Kind.KEY_CHANGED) // stories/keyed-needs.txt
            .filter(kind -> kind != Reason.Kind.NOT_MADE) // stories/only.txt
            .filter(kind -> kind != Reason.Kind.NEED_LEFTOVER) // stories/rule13-leftovers.txt
            .filter(
                kind ->
                    rows().noneMatch(row -> row.verdict().matches(".*[:;] " + word(kind) + ".*")))
            .toList();
    assertEquals(List.of(), without);
  }

  private static String word(Reason.Kind kind) {
    return kind.name().toLowerCase().replace('_', ' ');
  }
}
