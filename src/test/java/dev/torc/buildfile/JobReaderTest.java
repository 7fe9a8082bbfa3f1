package dev.torc.buildfile;

import static dev.torc.buildfile.Written.job;
import static dev.torc.buildfile.Written.refusedJob;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.syntax.Place;
import dev.torc.workflow.Job;
import dev.torc.workflow.Job.Item;
import dev.torc.workflow.Job.Resources;
import dev.torc.workflow.Job.Retry;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Ref.Exclude;
import dev.torc.workflow.Ref.OfFile;
import dev.torc.workflow.Ref.OfFolder;
import dev.torc.workflow.Ref.OfGlob;
import dev.torc.workflow.Ref.OfJob;
import dev.torc.workflow.Step;
import dev.torc.workflow.Template;
import dev.torc.workflow.Workflow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobReaderTest {

  private static String refs(List<Item> items) {
    return items.stream()
        .map(
            item ->
                (item.name() == null ? "" : item.name() + ":")
                    + item.refs().stream().map(JobReaderTest::ref).collect(Collectors.joining("+")))
        .collect(Collectors.joining(" "));
  }

  private static String ref(Ref ref) {
    return switch (ref) {
      case OfFile file -> file.path();
      case OfFolder folder -> folder.path() + "/";
      case OfGlob glob -> "~" + glob.pattern();
      case Exclude exclude -> "!" + exclude.pattern();
      case OfJob other -> "@" + other.job();
      case Ref.OfData data -> "=" + data.written();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '%',
      value = {
        "a.txt|a.txt",
        "[a, b]|a b",
        "{x: a, y: [b, c/]}|x:a y:b+c/",
        "{job: b}|@b",
        "[{job: b c}, d/]|@b c d/",
        "{x: {job: b}, y: ['*.c', '!a.c']}|x:@b y:~*.c+!a.c",
        "['src/**', '!src/old/', '!*.o']|~src/** !src/old/** !*.o",
        "['{a,b}.c', '\\*.c', '{x}.c']|unknown placeholder",
        "['\\*.c', '\\!x', '\\{a,b}']|*.c !x {a,b}",
        "NO|NO",
        "012|012",
        "./a/../b//c|b/c",
        "../x|/x",
        "[x.., .., a/., a/b/..]|x.. // a/ a/",
        "/p/x/y|x/y",
        "/other/./x/|/other/x/",
        "./src/../lib/*.c|~lib/*.c",
        "/p/*.c|~*.c",
        "../q/*.c|~/q/*.c",
        "./|./",
      })
  void needs(String written, String expected) {
    if (expected.equals("unknown placeholder")) {
      assertTrue(refusedJob("command: x", "needs: " + written).contains(expected));
    } else {
      assertEquals(expected, refs(job("command: x", "needs: " + written).needs()));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '%',
      value = {
        "a.txt|a.txt",
        "[a, dir/, 'out/*.x']|a dir/ ~out/*.x",
        "{log: a.log, data: [b, c]}|log:a.log data:b+c",
        "/scratch/x|/scratch/x"
      })
  void produces(String written, String expected) {
    assertEquals(expected, refs(job("command: x", "produces: " + written).produces()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '%',
      value = {
        "produces: ./|torc.yaml:4:15: the root, or a folder above it, cannot be a product",
        "produces: /|torc.yaml:4:15: the root, or a folder above it, cannot be a product",
        "produces: .torc/x|torc.yaml:4:15: .torc/x belongs to torc; choose another place",
        "produces: '!x'|torc.yaml:4:15: only needs can exclude with !; write \\! to mean the"
            + " character",
        "produces: ''|torc.yaml:4:15: an empty path",
        "needs: '!'|torc.yaml:4:12: nothing follows the !",
        "needs: 'a[1'|torc.yaml:4:12: [ without ] in the pattern a[1; write \\[ to mean the"
            + " character",
        "needs: '*/../x'|torc.yaml:4:12: */../x: empty, . and .. cannot follow a wildcard in a"
            + " pattern",
        "needs: '*/'|torc.yaml:4:12: */: a pattern matches files; write */** for what lies in the"
            + " folders",
        "needs: [{jib: x}]|torc.yaml:4:14: unknown key jib in an entry of needs; did you mean job?",
        "needs: [{}]|torc.yaml:4:13: an entry of needs is a path, {job: NAME}, {data: JOB.KEY},"
            + " or of a group one of these with failed: skip",
        "needs: [{failed: skip}]|torc.yaml:4:13: an entry of needs is a path, {job: NAME}, {data:"
            + " JOB.KEY}, or of a group one of these with failed: skip",
        "needs: [{data: x, failed: skip}]|torc.yaml:4:13: an entry of needs is a path, {job:"
            + " NAME}, {data: JOB.KEY}, or of a group one of these with failed: skip",
        "needs: {job: g, failed: keep}|torc.yaml:4:29: failed must be skip, not keep",
        "needs: {job: g, faild: skip}|torc.yaml:4:13: no item of needs can be named job, which has"
            + " a meaning of its own: {job: NAME} and {data: JOB.KEY}; choose another name",
        "needs: [[a]]|torc.yaml:4:13: needs must be a text, not a list",
        "needs: [{sample}]|torc.yaml:4:14: {sample} is a map in YAML; quote a text that has { in"
            + " it",
        "needs: {1x: a}|torc.yaml:4:13: the name of an item is letters, digits and _; this is"
            + " 1x",
        "needs: '{ job: b }'|torc.yaml:4:12: { job: b } is a text, for it is quoted; quote at most"
            + " the name in it",
        "needs: {x: '{data: b.c}'}|torc.yaml:4:16: {data: b.c} is a text, for it is quoted; quote"
            + " at most the name in it",
        "produces: {x}|torc.yaml:4:16: x has no path; {x} is a map in YAML: quote it if a text was"
            + " meant",
        "needs: 'a/{needs}'|torc.yaml:4:12: {needs} is known only when the job runs; it can stand"
            + " in commands and env",
        "always: yes|torc.yaml:4:13: always must be true or false, not yes",
        "temporary: gone|torc.yaml:4:16: temporary must be true, false or delete, not gone",
        "output: out/a.txt|torc.yaml:4:13: output is failure or always: when it is shown; did you"
            + " mean produces?",
        "output: [a, b]|torc.yaml:4:13: output is failure or always: when it is shown; did you mean"
            + " produces?",
        "output: never|torc.yaml:4:13: output must be failure or always, not never",
        "priority: 1.5|torc.yaml:4:15: priority must be a whole number, not 1.5",
        "retries: -1|torc.yaml:4:14: retries must be at least 0",
        "retry: {delay: 5s}|torc.yaml:4:12: retry says how; add retries: 1 to say how often",
        "shell: bash|torc.yaml:4:12: shell must be a list such as [bash, -e, -o, pipefail, -c]",
        "env: [A]|torc.yaml:4:10: env must be a map",
        "dir: ''|torc.yaml:4:10: an empty path",
        "resources: smal|torc.yaml:4:16: unknown resource class smal",
        "resources: {licences: 1}|torc.yaml:4:17: unknown key licences in resources; known are"
            + " cpus, disk, gpus, memory, nodes, runtime",
        "resources: {runtime: 0s}|torc.yaml:4:26: runtime must be more than 0; leave it out for no"
            + " limit",
        "resources: {runtime: 0ms}|torc.yaml:4:26: runtime must be more than 0; leave it out for no"
            + " limit",
        "resources: {runtime: PT0S}|torc.yaml:4:26: runtime must be more than 0; leave it out for"
            + " no limit",
        "resources: {memory: 0}|torc.yaml:4:25: memory must be more than 0; leave it out for no"
            + " limit",
        "resources: {runtime: 90}|torc.yaml:4:26: 90 has no unit; write 90s, or 10m, 24h",
        "resources: {cpus: 0}|torc.yaml:4:23: cpus must be at least 1",
        "tasks: [{cmd: y}]|torc.yaml:4:12: a job has either command or tasks, not both",
        "descripton: x|torc.yaml:4:5: unknown key descripton in the job a; did you mean"
            + " description?",
        "description:|torc.yaml:4:17: description has no value; write %% to mean an empty text",
        "container: {imgae: x}|torc.yaml:4:17: unknown key imgae in container; known are runtime,"
            + " volumes, args, pull, images",
        "container: {runtime: podmna}|torc.yaml:4:26: podmna runs no containers; did you mean"
            + " podman?",
        "container: {pull: alway}|torc.yaml:4:23: pull is missing, always, never; did you mean"
            + " always?",
        "container: {volumes: data:/x}|torc.yaml:4:26: volume data:/x: write /from:/to, or"
            + " /from:/to:ro to read only",
        "image: ' '|torc.yaml:4:12: the image has no name; image: host runs on the host",
      })
  void whatIsRefusedHasItsPlaceAndTheNextStep(String line, String message) {
    String actual = refusedJob("command: x", line);
    assertEquals(message.replace("%%", "\"\""), actual);
  }

  @Test
  void aJobHasACommandOrTasks() {
    assertEquals(
        "torc.yaml:2:3: the job a has no command; to name several jobs at once, use tags",
        refusedJob("needs: x"));
    assertEquals("torc.yaml:3:14: the command is empty", refusedJob("command: ' '"));
    assertEquals("torc.yaml:3:14: the command is empty", refusedJob("command: []"));
    assertEquals("torc.yaml:3:12: tasks must be a list of {command: …}", refusedJob("tasks: []"));
    assertEquals(
        "torc.yaml:3:13: a task has one command (or cmd, which is the same)",
        refusedJob("tasks: [{command: x, cmd: y}]"));
  }

  @Test
  void aListIsACommandWithoutAShell() {
    Job job = job("command: [python3, w.py, 012, '{needs}', 'a{cpus}']");
    Step.Command.Words words = (Step.Command.Words) job.steps().getFirst().command();
    assertEquals(
        List.of("python3", "w.py", "012", "{needs}", "a{cpus}"),
        words.words().stream().map(Template::declared).toList());
  }

  @Test
  void tasksRunInOrderWithTheirOwnFolderAndEnvironment() {
    Job job =
        job(
            "dir: d",
            "env: {A: 1, B: 1}",
            "tasks:",
            "- {command: x}",
            "- cmd: [y]",
            "  env: {B: 2}",
            "  dir: e/f");
    assertEquals(2, job.steps().size());
    assertEquals("d", job.steps().get(0).dir());
    assertEquals("e/f", job.steps().get(1).dir());
    assertEquals(Template.of("1"), job.steps().get(0).env().get("B").orElseThrow());
    assertEquals(Template.of("2"), job.steps().get(1).env().get("B").orElseThrow());
    assertEquals(Template.of("1"), job.steps().get(1).env().get("A").orElseThrow());
  }

  @Test
  void environmentsOfWorkflowDefaultsAndJobLieOverEachOther() throws Exception {
    try (Written files =
        Written.yaml(
            "env: {A: w, B: w, C: w, CC: }",
            "defaults: {env: {B: d, C: d}}",
            "jobs: {a: {command: x, env: {C: '', D: '{job} {needs}'}}}")) {
      Map<String, Optional<Template>> env = files.load().jobs().getFirst().steps().getFirst().env();
      Map<String, String> shown = new TreeMap<>();
      env.forEach((k, v) -> shown.put(k, v.map(Template::declared).orElse("<caller's>")));
      assertEquals("{A=w, B=d, C=, CC=<caller's>, D=a {needs}}", shown.toString());
    }
  }

  @Test
  void defaultsLieUnderEveryJob() throws Exception {
    try (Written files =
        Written.yaml(
            "resources: {s: {cpus: 2, runtime: 1h}}",
            "defaults: {command: 'echo {job}', resources: {memory: 1GB, cpus: 9}, tags: [x],",
            "  retries: 2, retry: {delay: 1s, on: signal}, shell: [bash, -c], dir: d}",
            "jobs:",
            "  a:",
            "  b: {tasks: [{cmd: y}], resources: s, tags: [], retries: 0, retry: {delay: 2s}}")) {
      List<Job> jobs = files.load().jobs();
      Job a = jobs.getFirst();
      assertEquals("echo a", Written.command(a));
      assertEquals(List.of("x"), a.tags());
      assertEquals(9, a.resources().cpus());
      assertEquals(2, a.retry().retries());
      assertEquals(List.of("bash", "-c"), a.steps().getFirst().shell());
      assertEquals("d", a.steps().getFirst().dir());
      Job b = jobs.getLast();
      assertEquals("y", Written.command(b));
      assertEquals(List.of(), b.tags());
      assertEquals(2, b.resources().cpus());
      assertEquals(1_000_000_000, b.resources().memory());
      assertEquals(3600_000_000_000L, b.resources().runtime());
      assertEquals(0, b.retry().retries());
      assertEquals(2_000_000_000L, b.retry().delay());
      assertEquals(Set.of(Retry.Cause.SIGNAL), b.retry().on());
    }
  }

  @Test
  void withoutResourcesAJobTakesOneCpu() {
    assertEquals(Resources.DEFAULT, job("command: x").resources());
    assertEquals(1, job("command: x").resources().cpus());
  }

  @Test
  void resourcesAndCounters() throws Exception {
    try (Written files =
        Written.yaml(
            "vars: {n: 3}",
            "limits: {licences: 2, memory: 4GiB, cpus: 8}",
            "jobs: {a: {command: x, resources: {cpus: '{n}', memory: 2, gpus: 1, disk: 1k, nodes:"
                + " 2,",
            "  runtime: PT10M, licences: 2}}}")) {
      Workflow workflow = files.load();
      assertEquals(
          new Resources(
              3,
              2_000_000_000,
              1,
              600_000_000_000L,
              new TreeMap<>(Map.of("licences", 2L)),
              1000,
              2,
              workflow.jobs().getFirst().resources().place()),
          workflow.jobs().getFirst().resources());
      assertEquals("3:35", at(workflow.jobs().getFirst().resources().place()));
      assertEquals(Map.of("licences", 2L, "memory", 4L << 30, "cpus", 8L), workflow.limits());
    }
  }

  private static String at(Place place) {
    return place.line() + ":" + place.column();
  }

  @Test
  void resourcesKnowWhereTheyAreWritten() throws Exception {
    try (Written files =
        Written.yaml(
            "resources: {big: {cpus: 4}}",
            "defaults: {resources: {memory: 1GiB}}",
            "jobs:",
            "  a: {command: x, resources: big}",
            "  b: {command: x}",
            "  c: {command: x, resources: {cpus: 2}}")) {
      assertEquals(
          List.of("1:18", "2:23", "6:30"),
          files.load().jobs().stream().map(job -> at(job.resources().place())).toList());
    }
  }

  @Test
  void aCounterThatLimitsDoesNotNameIsAnUnknownKey() throws Exception {
    try (Written files =
        Written.yaml(
            "limits: {licences: 2}", "jobs: {a: {command: x, resources: {licenses: 1}}}")) {
      assertEquals(
          "torc.yaml:2:36: unknown key licenses in resources; did you mean licences?",
          files.refused());
    }
  }

  @Test
  void retries() {
    Retry retry =
        job(
                "command: x",
                "retries: 3",
                "retry: {on: [137, timeout, memory, signal], delay: 5s,",
                "  grow: {memory: 2, runtime: 1.5}, recover: 'sh fix.sh {needs}'}")
            .retry();
    assertEquals(3, retry.retries());
    assertEquals(Set.of(137), retry.exitCodes());
    assertEquals(Set.of(Retry.Cause.values()), retry.on());
    assertEquals(5_000_000_000L, retry.delay());
    assertEquals(2, retry.growMemory());
    assertEquals(1.5, retry.growRuntime());
    assertEquals("sh fix.sh {needs}", retry.recover().declared());
    assertEquals(Retry.NONE, job("command: x").retry());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "256", "oom", "-1"})
  void anUnknownCauseIsRefused(String cause) {
    assertTrue(
        refusedJob("command: x", "retries: 1", "retry: {on: ['" + cause + "']}")
            .contains("torc.yaml:5:18: " + cause + " is no cause"));
  }

  @Test
  void aListWithoutAProgramIsRefused() {
    assertEquals(
        "torc.yaml:3:15: the command's first word, its program, is empty",
        refusedJob("command: ['', x]"));
  }

  @Test
  void theRest() {
    Job job =
        job(
            "command: x",
            "persist: true",
            "temporary: true",
            "always: true",
            "interactive: true",
            "allow_failure: true",
            "output: always",
            "priority: -3",
            "tags: t",
            "description: 1.10",
            "dir: sub/",
            "depfile: x.d",
            "after: [b, c d]");
    assertTrue(job.persist() && job.temporary() && job.always() && job.interactive());
    assertTrue(job.allowFailure() && job.showsOutput());
    assertEquals(-3, job.priority());
    assertEquals(List.of("t"), job.tags());
    assertEquals("1.10", job.description());
    assertEquals("sub", job.steps().getFirst().dir());
    assertEquals("sub/x.d", job.depfile());
    assertEquals(List.of("b", "c d"), job.after().stream().map(OfJob::job).toList());
  }

  @Test
  void placeholdersOfACommandAreQuotedForTheirShell() throws Exception {
    try (Written files =
        Written.yaml(
            "vars: {d: my dir, n: 7, q: \"it's\"}",
            "jobs:",
            "  a: {command: \"x {d} \\\"{d}\\\" '{q}' {n:03d} {{d}} ${d} {job}\"}")) {
      assertEquals(
          "x 'my dir' \"my dir\" 'it'\\''s' 007 {d} ${d} a",
          Written.command(files.load().jobs().getFirst()));
    }
  }

  @Test
  void inAnotherShellAValueThatNeedsQuotingIsAnError() throws Exception {
    try (Written files =
        Written.yaml(
            "vars: {d: my dir, n: 7}",
            "shell: [python3, -c]",
            "jobs:",
            "  a: {command: 'print({n})'}",
            "  b: {command: 'print(\"{d}\")'}")) {
      assertEquals(
          "torc.yaml:5:16: {d} stands where its value cannot be quoted (a here-document,"
              + " backticks, arithmetic or another shell): pass it by env; the value is my dir",
          files.refused());
    }
  }

  @Test
  void whereAParameterCannotBeQuotedItsVariableIsProposed() throws Exception {
    try (Written files =
        Written.yaml(
            "vars: {d: my dir}",
            "jobs:",
            "  a:",
            "    parameters: {v: [a b]}",
            "    command: |",
            "      cat <<E",
            "      {v}",
            "      E",
            "  b:",
            "    parameters: {v: [a b]}",
            "    command: |",
            "      cat <<E",
            "      {v:stem}",
            "      E")) {
      assertEquals(
          "torc.yaml:5:14: {v} stands where its value cannot be quoted (a here-document, backticks,"
              + " arithmetic or another shell): write $v; the value is a b\n"
              + "torc.yaml:11:14: {v:stem} stands where its value cannot be quoted (a"
              + " here-document, backticks, arithmetic or another shell): pass it by env; the value"
              + " is a b",
          files.refused());
    }
  }

  @Test
  void itemsOfSlotsMustExist() {
    job("command: 'x {needs[1]} {needs}'", "needs: ['!z', a, b]");
    assertEquals(
        "torc.yaml:3:14: {needs[2]}: there are only 2, counted from 0",
        refusedJob("command: 'x {needs[2]}'", "needs: ['!z', a, b]"));
    assertEquals(
        "torc.yaml:3:14: {needs.lft}: no item of needs has that name; did you mean left?",
        refusedJob("command: 'x {needs.lft}'", "needs: {left: a}"));
    assertEquals("torc.yaml:3:14: {cpus[0]}: write {cpus}", refusedJob("command: 'x {cpus[0]}'"));
  }

  @Test
  void anUnknownPlaceholderIsAnErrorWithASuggestion() {
    assertEquals(
        "torc.yaml:3:14: unknown placeholder {neds}; did you mean needs?",
        refusedJob("command: 'x {neds}'"));
    assertEquals(
        "torc.yaml:3:14: unknown placeholder {print}; define it in vars, parameters or a match, or"
            + " write {{print}} to mean the text",
        refusedJob("command: \"awk '{print}'\""));
    assertEquals(
        "torc.yaml:3:14: unknown placeholder {output}; did you mean produces?",
        refusedJob("command: 'x {output}'"));
    assertEquals(
        "torc.yaml:3:14: unknown placeholder {wildcards.job}; did you mean job?",
        refusedJob("command: 'x {wildcards.job}'"));
  }

  @Test
  void aJobThatIsNoMapIsToldOnceWithTheSlipThatIsLikely() throws Exception {
    try (Written files = Written.yaml("jobs:", "  a:", "  command: x", "  b: make x")) {
      assertEquals(
          "torc.yaml:2:3: the job a has no command; to name several jobs at once, use tags\n"
              + "torc.yaml:3:12: the job command must be a map such as {command: make}; to mean"
              + " the command of a job, indent it below the job's name\n"
              + "torc.yaml:4:6: the job b must be a map such as {command: make}",
          files.refused());
    }
  }

  @Test
  void aShellThatIsATextIsSnakemakes() {
    assertTrue(
        refusedJob("shell: 'cp a b'")
            .contains(
                ": shell must be a list such as [bash, -e, -o, pipefail, -c]; what it"
                    + " runs is command"));
  }

  @Test
  void noItemOfNeedsIsNamedAsAKindOfNeed() {
    assertEquals(
        "torc.yaml:4:14: no item of needs can be named data, which has a meaning of its own:"
            + " {job: NAME} and {data: JOB.KEY}; choose another name",
        refusedJob("command: x", "needs: { data: d.csv, script: x.py }"));
    job("command: x", "produces: { data: d.csv, job: x.py }");
  }

  @Test
  void namesHoldAnyText() throws Exception {
    try (Written files =
        Written.yaml(
            "vars: {v: 1}", "jobs: {'a b/é=\"x\" {v}': {command: x}, 1.10: {command: x}}")) {
      assertEquals(
          List.of("a b/é=\"x\" 1", "1.10"), files.load().jobs().stream().map(Job::name).toList());
    }
    for (String name : List.of("-x", "a\\nb", "a\\tb")) {
      try (Written files = Written.yaml("jobs: {\"" + name + "\": {command: x}}")) {
        assertEquals(name.translateEscapes(), files.load().jobs().getFirst().name());
      }
    }
    try (Written files = Written.yaml("jobs: {'': {command: x}}")) {
      assertTrue(files.refused().startsWith("torc.yaml:1:8: "));
    }
  }

  @Test
  void theJobsNameIsNoPatternInAPath() throws Exception {
    try (Written files =
        Written.yaml("jobs: {'a[1]': {command: x, needs: 'in/{job}.c', produces: '{job}/*.x'}}")) {
      Job job = files.load().jobs().getFirst();
      assertEquals("in/a[1].c", refs(job.needs()));
      assertEquals("~a\\[1\\]/*.x", refs(job.produces()));
    }
  }

  @Test
  void resourcesMayHavePlaceholdersAlsoOfTheJobThatNamesTheClass() {
    Workflow workflow =
        Written.yaml(
                "vars: { n: 3, size: b }",
                "resources: { big: { cpus: '{k}', memory: '{m}GB', runtime: '{k}m' } }",
                "limits: { disks: 9 }",
                "jobs:",
                "  a:",
                "    command: x",
                "    parameters: { k: [1, 2], m: 4 }",
                "    resources: '{size}ig'",
                "  b: { command: x, resources: { cpus: '{n}', disks: '{n}' } }")
            .load();
    assertEquals(
        List.of("1 4000000000 60000000000", "2 4000000000 120000000000", "3 0 0"),
        workflow.jobs().stream()
            .map(Job::resources)
            .map(r -> r.cpus() + " " + r.memory() + " " + r.runtime())
            .toList());
    assertEquals(3, workflow.jobs().getLast().resources().counters().get("disks"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '%',
      value = {
        "cpus: '{n}'|torc.yaml:2:25: cpus must be a whole number, not x",
        "cpu: '{k}'|torc.yaml:2:19: unknown key cpu in resources; did you mean cpus?",
        "cpus: '{k}'|torc.yaml:2:25: unknown placeholder {k}; define it in vars, parameters or a"
            + " match, or write {{k}} to mean the text",
        "memory: '{k:x}'|torc.yaml:2:27: unknown placeholder {k:x}; define it in vars,"
            + " parameters or a match, or write {{k:x}} to mean the text",
      })
  void aSlipInAClassIsToldOfWhoeverNamesIt(String line, String message) {
    String refused =
        Written.yaml(
                "vars: { n: x }",
                "resources: { c: { " + line + " } }",
                "jobs: { a: { command: x, resources: c } }")
            .refused();
    assertEquals(message, refused.lines().findFirst().orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "needs: ~/x",
        "needs: ['!~/x']",
        "needs: '~/*.c'",
        "needs: $HOME/x",
        "needs: '${HOME}/x/'",
        "needs: '{h}/x'",
        "produces: '~/x'",
        "dir: ~/x",
        "depfile: $HOME/x.d",
        "match: '~/{x}.c'",
        "table: ~/x.csv",
        "parameters: { p: { glob: '$HOME/*.c' } }",
      })
  void theCallersHomeIsNotExpandedInPathsAndThatIsSaid(String line) {
    String refused =
        Written.yaml("vars: { h: $HOME }", "jobs:", "  a:", "    command: x", "    " + line)
            .refused();
    assertTrue(refused.startsWith("torc.yaml:5:"), refused);
    assertTrue(refused.contains(" is not expanded in a path; write the folder, or"), refused);
  }

  @Test
  void whatHasTheVeryNameIsMeantByADotAndOthersOnlyLookAlike() {
    Job job = job("command: x", "needs: [./~/x, ~x, x/~, '$HOMER/x', '$HOME is no variable here']");
    assertEquals("~/x ~x x/~ $HOMER/x $HOME is no variable here", refs(job.needs()));
    assertTrue(
        Written.yaml("roots: [~/x]", "jobs: { }").refused().startsWith("torc.yaml:1:9: ~/x: ~ is"));
    assertTrue(
        Written.yaml("include: $HOME/x.yaml", "jobs: { }")
            .refused()
            .startsWith("torc.yaml:1:10: $HOME/x.yaml: $HOME is not expanded"));
  }
}
