package dev.torc.workflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.buildfile.Written;
import dev.torc.workflow.Job.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups whose values stand in the build file. */
public class GroupTest {

  /** A build file with one group g of these lines. */
  private static Written group(String... lines) {
    List<String> all = new ArrayList<>(List.of("jobs:", "  g:"));
    for (String line : lines) {
      all.add("    " + line);
    }
    return Written.yaml(all.toArray(String[]::new));
  }

  private static List<String> instances(String... lines) {
    return group(lines).load().groups().getFirst().instances();
  }

  private static Job first(String... lines) {
    return group(lines).load().jobs().getFirst();
  }

  @Test
  void aJobWithParametersStandsForItsInstances() {
    Workflow workflow =
        Written.yaml(
                "jobs:",
                "  a: {command: x}",
                "  train: {command: 'fit {lr} {seed}', parameters: {seed: [3, 1], lr: [0.1]}}")
            .load();
    assertEquals(
        List.of("a", "train/lr=0.1,seed=3", "train/lr=0.1,seed=1"),
        workflow.jobs().stream().map(Job::name).toList());
    Group group = workflow.groups().getFirst();
    assertEquals("train", group.name());
    assertEquals("torc.yaml:3:3", group.place().toString());
    assertEquals(List.of("seed", "lr"), group.parameters());
    assertEquals(List.of("train/lr=0.1,seed=3", "train/lr=0.1,seed=1"), group.instances());
    assertEquals(List.of(), group.awaits());
    assertEquals(List.of(), group.products());
    Job job = workflow.jobs().get(1);
    assertEquals("train", job.group());
    assertEquals("{lr=0.1, seed=3}", job.parameters().toString());
    assertEquals("fit 0.1 3", Written.command(job));
    assertNull(workflow.jobs().getFirst().group());
    assertEquals(1, workflow.groups().size());
  }

  @Test
  void theFirstParameterIsOutermost() {
    assertEquals(
        List.of("g/a=1,b=x", "g/a=1,b=y", "g/a=2,b=x", "g/a=2,b=y"),
        instances("command: x", "parameters: {a: [1, 2], b: [x, y]}"));
  }

  @Test
  void valuesAreKnownAsTheyAreWritten() {
    assertEquals(
        List.of("g/v=012", "g/v=1.10", "g/v=NO", "g/v=a%20b", "g/v="),
        instances("command: x", "parameters: {v: [012, 1.10, NO, 'a b', '']}"));
    assertEquals(
        List.of("g/v=7"),
        Written.yaml("vars: {n: 7}", "jobs: {g: {command: x, parameters: {v: '{n}'}}}")
            .load()
            .groups()
            .getFirst()
            .instances());
  }

  @Test
  void zipTakesValuesSideBySide() {
    assertEquals(
        List.of("g/a=1,b=x", "g/a=2,b=y"),
        instances("command: x", "mode: zip", "parameters: {a: [1, 2], b: [x, y]}"));
    assertEquals(
        List.of("g/a=1,b=1", "g/a=1,b=2"),
        instances("command: x", "mode: zip", "parameters: {a: [1, 1], b: [1, 2]}"));
  }

  @Test
  void unequalZipLengthsNameBoth() {
    assertEquals(
        "torc.yaml:4:5: zip wants as many values of each, but a has 2 and b has 3",
        group("command: x", "mode: zip", "parameters: {a: [1, 2], b: [x, y, z]}").refused());
  }

  @Test
  void repeatCountsFromOneAndMultipliesParameters() {
    assertEquals(
        List.of("g/a=x,repeat=1", "g/a=x,repeat=2", "g/a=y,repeat=1", "g/a=y,repeat=2"),
        instances("command: 'echo {repeat}'", "parameters: {a: [x, y]}", "repeat: 2"));
  }

  @Test
  void anEmptyListIsNoInstancesAndSaid() {
    Workflow workflow = group("command: x", "parameters: {a: []}").load();
    assertEquals(List.of(), workflow.jobs());
    assertEquals(List.of(), workflow.groups().getFirst().awaits());
    assertEquals(
        "torc.yaml:4:18: no values, so g has no instances",
        workflow.groups().getFirst().warnings().getFirst().toString());
  }

  @Test
  void parametersArePlaceholdersEverywhere() {
    Job job =
        first(
            "command: 'run --lr {lr:.4f} {lr} {i:03d} {x:.2e} {p:stem} \"{i}\"'",
            "parameters: {lr: [0.1], i: [7], x: [12345], p: ['in/a.csv']}",
            "needs: ['data/{p:name}', '{p:dir}/']",
            "produces: 'out/{lr}/{i:02d}.txt'",
            "dir: 'work-{i}'",
            "depfile: '{i}.d'",
            "resources: {cpus: '{i}'}",
            "tags: ['lr-{lr}']",
            "description: 'seed {i}'",
            "env: {OUT: 'o{i}'}");
    assertEquals("run --lr 0.1000 0.1 007 1.23e+04 a \"7\"", Written.command(job));
    assertEquals("[data/a.csv, in]", paths(job.needs()).toString());
    assertEquals("[out/0.1/07.txt]", paths(job.produces()).toString());
    assertEquals("work-7", job.steps().getFirst().dir());
    assertEquals("work-7/7.d", job.depfile());
    assertEquals(7, job.resources().cpus());
    assertEquals(List.of("lr-0.1"), job.tags());
    assertEquals("seed 7", job.description());
    assertEquals("o7", env(job, "OUT"));
  }

  public static List<String> paths(List<Item> items) {
    return items.stream()
        .flatMap(item -> item.refs().stream())
        .map(
            ref ->
                switch (ref) {
                  case Ref.OfFile file -> file.path();
                  case Ref.OfFolder folder -> folder.path();
                  case Ref.OfGlob glob -> glob.pattern();
                  case Ref.OfJob job -> "{" + job.job() + "}";
                  default -> ref.toString();
                })
        .toList();
  }

  private static String env(Job job, String name) {
    return Optional.ofNullable(job.steps().getFirst().env().get(name))
        .flatMap(value -> value)
        .map(Template::declared)
        .orElse(null);
  }

  @Test
  void aDollarNameIsAParameterInPathsAndNamesAndTheShellsInCommands() {
    Workflow workflow =
        Written.yaml(
                "jobs:",
                "  p: {command: x, parameters: {v: [a]}}",
                "  g:",
                "    command: 'echo $v ${v} {v}'",
                "    parameters: {v: [a]}",
                "    needs: ['in/$v.txt', 'in/${v}x.txt', 'in/$vv', '\\$v', {job: p/v=$v}]",
                "    produces: 'out/$v'",
                "    after: 'p/v=${v}'")
            .load();
    Job job = workflow.jobs().getLast();
    assertEquals("echo $v ${v} a", Written.command(job));
    assertEquals("[in/a.txt, in/ax.txt, in/$vv, $v, {p/v=a}]", paths(job.needs()).toString());
    assertEquals("[out/a]", paths(job.produces()).toString());
    assertEquals("p/v=a", job.after().getFirst().job());
  }

  @Test
  void everyParameterIsInTheEnvironmentUnderItsOwnName() {
    Job job = first("tasks: [{cmd: x}, {cmd: y, env: {B: 2}}]", "parameters: {lr: [0.1]}");
    assertEquals("0.1", env(job, "lr"));
    assertEquals("[B, lr]", job.steps().get(1).env().keySet().toString());
    assertEquals(
        "torc.yaml:5:11: v is a parameter, so the environment has it already",
        group("command: x", "parameters: {v: [1]}", "env: {v: 2}").refused());
  }

  @Test
  void aValueMeansItselfInAPath() {
    Job job =
        first(
            "command: 'cat {f}'",
            "parameters: {f: ['a*[1] {{x}}.txt']}",
            "needs: '{f}'",
            "produces: 'out/{f}'");
    assertEquals("[a*[1] {x}.txt]", paths(job.needs()).toString());
    assertEquals("[out/a*[1] {x}.txt]", paths(job.produces()).toString());
    assertEquals("cat 'a*[1] {x}.txt'", Written.command(job));
  }

  @Test
  void valuesInNamesOfInstancesAreEncoded() {
    Workflow workflow =
        Written.yaml(
                "jobs:",
                "  a: {command: x, parameters: {f: ['d/x y.txt']}}",
                "  b:",
                "    command: x",
                "    parameters: {f: {values: a.f}}",
                "    needs: {job: 'a/f={f}'}",
                "    after: 'a/f=$f'")
            .load();
    assertEquals("a/f=d%2Fx%20y.txt", workflow.jobs().getFirst().name());
    assertEquals("[{a/f=d%2Fx%20y.txt}]", paths(workflow.jobs().getLast().needs()).toString());
    assertEquals("a/f=d%2Fx%20y.txt", workflow.jobs().getLast().after().getFirst().job());
  }

  @Test
  void valuesOfAnotherGroupAreItsDistinctOnesInOrder() {
    Workflow workflow =
        Written.yaml(
                "jobs:",
                "  summary:",
                "    command: 'sum {needs}'",
                "    parameters: {lr: {values: train.lr}}",
                "    needs: {job: 'train/lr={lr}'}",
                "  train: {command: x, parameters: {seed: [1, 2], lr: [0.1, 0.01]}}")
            .load();
    assertEquals(
        List.of("summary/lr=0.1", "summary/lr=0.01"), workflow.groups().getFirst().instances());
    assertEquals("[{train/lr=0.1}]", paths(workflow.jobs().getFirst().needs()).toString());
  }

  @Test
  void declaredFilesOfAJobAreKnownBeforeItRuns() {
    Workflow workflow =
        Written.yaml(
                "jobs:",
                "  split: {command: x, produces: [p/b.txt, p/a.txt]}",
                "  fold:",
                "    command: 'wc {f}'",
                "    parameters: {f: {products: split}}",
                "    needs: script.py",
                "    produces: '{f:stem}.n'")
            .load();
    assertEquals(
        List.of("fold/f=p%2Fa.txt", "fold/f=p%2Fb.txt"), workflow.groups().getFirst().instances());
    // What was found is needed without being said, behind what is.
    assertEquals("[script.py, p/a.txt]", paths(workflow.jobs().get(1).needs()).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "parameters: {a b: [1]}|5:18: the name of a parameter is letters, digits and _; this is a"
            + " b",
        "parameters: {job: [1]}|5:18: {job} is the name of the job; rename the parameter",
        "parameters: {PATH: [1]}|5:18: a parameter is a variable in its job's environment; rename"
            + " PATH",
        "parameters: {LD_X: [1]}|5:18: a parameter is a variable in its job's environment; rename"
            + " LD_X",
        "parameters: {TORC_X: [1]}|5:18: a parameter is a variable in its job's environment;"
            + " rename TORC_X",
        "parameters: {w: [1]}|5:18: w is a var as well; rename one of them",
        "parameters: {}|5:5: parameters names none",
        "parameters: {a: }|5:18: a has no values; [] means none",
        "parameters: {a: [1, 2, 1]}|5:28: the same values as at torc.yaml:5:22: a=1",
        "parameters: {a: {from: 1}}|5:21: a range has from and to, and a step unless it is 1",
        "parameters: {a: {from: 1, to: 5, lines: x}}|5:21: the values of a are one of from, to,"
            + " step, lines, glob, products, values, var",
        "parameters: {a: {form: 1, to: 5}}|5:22: unknown key form in the values of a; did you mean"
            + " from?",
        "parameters: {a: {from: 5, to: 1}}|5:21: step 1 leads away from 1; write step: -1",
        "parameters: {a: {from: x, to: 1}}|5:21: from must be a number, not x",
        "parameters: {a: {from: 0, to: 1, step: 0}}|5:21: step is 0, which never gets from 0 to 1",
        "parameters: {a: {from: 1, to: 3000000}}|5:21: more than 1000000 values from 1 to 3000000",
        "parameters: {a: {from: 1, to: 3000}, b: {from: 1, to: 3000}}|3:3: with g there would be"
            + " more than 1000000 instances; split the work",
        "parameters: {a: {products: x}}|5:32: no job x",
        "parameters: {a: {products: g}}|3:3: the groups g → g feed each other",
        "parameters: {a: {values: g}}|5:30: values names GROUP.PARAMETER, not g",
        "parameters: {a: {values: h.x}}|5:30: no job h",
        "mode: zip|5:11: mode says how parameters are joined; add some",
        "repeat: 0|5:13: repeat must be at least 1",
        "match: 'a.txt'|5:12: a pattern to match needs a name, such as {sample}",
        "match: '*/{a}.txt'|5:12: a pattern to match has names, such as {sample}, instead of"
            + " wildcards",
        "match: '{a[0]}.txt'|5:12: {a[0]}: write {a} where it is matched",
        "match: '{a:(}.txt'|5:12: {a:(} is no regular expression: Unclosed group",
        "match: '{a:x\\1}.txt'|5:12: {a:x\\1} is no regular expression: it cannot refer back",
        "match: '{a:x{2}.txt'|5:12: the braces of a regular expression must balance: {a:x{2}.txt",
        "match: '{a}_{a:x}.txt'|5:12: {a:x}: say it where {a} stands first",
        "table: 'x.csv'|5:5: x.csv: no such file",
        "parameters: {a: {lines: x.txt}}|5:18: x.txt: no such file",
        "parameters: {a: {lines: x/}}|5:29: lines names one file, not a folder or a pattern",
        "parameters: {a: {glob: x/}}|5:28: a folder; write /** behind it for what lies in it",
      })
  void whatIsRefused(String line, String message) {
    assertEquals(
        "torc.yaml:" + message,
        Written.yaml("vars: {w: 1}", "jobs:", "  g:", "    command: x", "    " + line).refused());
  }

  @Test
  void aResourceClassMayDependOnAValue() {
    Workflow workflow =
        Written.yaml(
                "resources: {small: {cpus: 1}, big: {cpus: 8}}",
                "jobs: {g: {command: x, parameters: {s: [small, big]}, resources: '{s}'}}")
            .load();
    assertEquals(
        List.of(1, 8), workflow.jobs().stream().map(job -> job.resources().cpus()).toList());
    assertEquals(
        "torc.yaml:4:16: unknown resource class smal",
        group("command: x", "resources: '{s}'", "parameters: {s: [smal]}").refused());
  }

  @Test
  void anUnquotedBraceInAFlowMapSaysToQuoteIt() {
    assertTrue(
        group("command: x", "parameters: {lr: [1]}", "needs: {job: train/lr={lr}}")
            .refused()
            .contains("quote"));
  }

  @Test
  void anImageOfTheJobIsThatOfItsTasksUnlessTheyHaveTheirOwn() {
    Job job =
        first(
            "parameters: {v: ['3.12']}",
            "image: 'python:{v}'",
            "tasks: [{cmd: x}, {cmd: y, image: busybox, runtime: podman}]");
    assertEquals(
        List.of("python:3.12", "busybox"),
        job.steps().stream().map(step -> step.image().name()).toList());
    assertNull(first("parameters: {v: [1]}", "command: x").steps().getFirst().image());
    assertEquals(
        "torc.yaml:3:31: 10m runs no containers; known are podman, docker, apptainer,"
            + " singularity; a time limit is resources: {runtime: 10m}",
        group("tasks: [{cmd: x, runtime: 10m}]", "repeat: 1").refused());
  }

  @Test
  void aWrongFormatForAValueIsAnErrorWithPlace() {
    assertEquals(
        "torc.yaml:3:14: {v:03d}: the format 03d wants a number, but the value is x",
        group("command: 'a {v:03d}'", "parameters: {v: [x]}").refused());
  }

  @Test
  void anUnknownPlaceholderIsToldOnceWithASuggestion() {
    assertEquals(
        "torc.yaml:3:14: unknown placeholder {rat}; did you mean rate?",
        group("command: 'a {rat}'", "parameters: {rate: [1, 2, 3]}").refused());
  }

  @Test
  void whatIsWrongIsToldAlsoWhereThereAreNoInstances() {
    assertEquals(
        "torc.yaml:3:14: unknown placeholder {b}; define it in vars, parameters or a match, or"
            + " write {{b}} to mean the text\n"
            + "torc.yaml:5:5: unknown key comand in the job g; did you mean command?",
        group("command: 'a {b}'", "parameters: {a: []}", "comand: x").refused());
  }

  @Test
  void whatIsWrongWithGroupsIsToldWithTheRest() {
    assertEquals(
        "torc.yaml:2:46: no job x\n"
            + "torc.yaml:3:7: unknown key comand in the job a; did you mean command?",
        Written.yaml(
                "jobs:", "  b: {command: x, parameters: {v: {products: x}}}", "  a: {comand: x}")
            .refused());
  }

  @Test
  void defaultsCannotMakeGroups() {
    assertTrue(
        Written.yaml("defaults: {repeat: 2}")
            .refused()
            .startsWith("torc.yaml:1:12: unknown key repeat in defaults"));
  }

  @Test
  void theNameOfAnInstanceCannotBeAJobs() {
    assertEquals(
        "torc.yaml:2:8: the job g/a=1 is an instance of g",
        Written.yaml("", "jobs: {g: {command: x, parameters: {a: [1]}}, g/a=1: {command: y}}")
            .refused());
  }

  @Test
  void groupsThatFeedEachOtherAreACycle() {
    assertEquals(
        "torc.yaml:2:3: the groups a → b → a feed each other",
        Written.yaml(
                "jobs:",
                "  a: {command: x, parameters: {v: {values: b.v}}}",
                "  b: {command: x, parameters: {v: {values: a.v}}}")
            .refused());
  }
}
