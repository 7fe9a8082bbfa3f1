package dev.torc.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import dev.torc.buildfile.ParsedBuildFile.ResultSource;
import dev.torc.syntax.Place;
import dev.torc.workflow.Group;
import dev.torc.workflow.GroupTest;
import dev.torc.workflow.Job;
import dev.torc.workflow.Job.Item;
import dev.torc.workflow.Workflow;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Groups whose instances files on disk and results decide. */
class ExpandTest {

  /** Results that a test tells. */
  private static final class Results implements ResultSource {

    private final Map<String, List<String>> products = new HashMap<>();
    private final Set<String> recorded = new HashSet<>();

    Results ended(String job, String... paths) {
      products.put(job, List.of(paths));
      return this;
    }

    Results recorded(String path) {
      recorded.add(path);
      return this;
    }

    @Override
    public Optional<List<String>> products(String job) {
      return Optional.ofNullable(products.get(job));
    }

    @Override
    public boolean isRecorded(String path) {
      return recorded.contains(path);
    }
  }

  private static Results nothing() {
    return new Results();
  }

  private static Group group(Workflow workflow, String name) {
    return workflow.groups().stream().filter(g -> g.name().equals(name)).findFirst().orElseThrow();
  }

  private static Job job(Workflow workflow, String name) {
    return workflow.jobs().stream().filter(j -> j.name().equals(name)).findFirst().orElseThrow();
  }

  private static List<String> products(Group group) {
    return GroupTest.paths(List.of(new Item(null, Place.NONE, group.products())));
  }

  @Test
  void whatIsOnDiskIsGlobbedSortedAndNeeded() throws IOException {
    try (Written files =
        Written.yaml(
                "jobs:",
                "  g:",
                "    command: 'wc {needs}'",
                "    parameters: {f: {glob: ['data/*.csv', '!data/old*']}}",
                "    needs: tool.py",
                "    produces: 'out/{f:stem}.n'")
            .file("data/b.csv")
            .file("data/a b.csv")
            .file("data/old.csv")
            .file("data/.hidden.csv")
            .file("data/x.txt")) {
      Workflow workflow = files.load();
      assertEquals(
          List.of("g/f=data%2Fa%20b.csv", "g/f=data%2Fb.csv"), group(workflow, "g").instances());
      assertEquals(
          "[tool.py, data/a b.csv]",
          GroupTest.paths(workflow.jobs().getFirst().needs()).toString());
    }
  }

  @Test
  void aFoundFileThatIsNeededAnywayIsNeededOnce() throws IOException {
    try (Written files =
        Written.yaml("jobs: {g: {command: x, parameters: {f: {glob: '*.csv'}}, needs: ['{f}', b]}}")
            .file("a.csv")) {
      assertEquals(
          "[a.csv, b]", GroupTest.paths(files.load().jobs().getFirst().needs()).toString());
    }
  }

  @Test
  void matchTakesNamesFromFilesAndProductsAndMultipliesParameters() throws IOException {
    try (Written files =
        Written.yaml(
                "vars: {dir: fq}",
                "jobs:",
                "  fetch: {command: x, produces: [fq/s3_1.fq, fq/README]}",
                "  g:",
                "    command: 'x {sample} {lane}'",
                "    match: '{dir}/{sample}_{lane}.fq'",
                "    parameters: {chr: [X]}")
            .file("fq/s1_1.fq")
            .file("fq/s1_2.fq")
            .file("fq/notes.txt")) {
      Workflow workflow = files.load();
      assertEquals(
          List.of(
              "g/chr=X,lane=1,sample=s1", "g/chr=X,lane=2,sample=s1", "g/chr=X,lane=1,sample=s3"),
          group(workflow, "g").instances());
      assertEquals(List.of("sample", "lane", "chr"), group(workflow, "g").parameters());
      assertEquals(
          "[fq/s3_1.fq]",
          GroupTest.paths(job(workflow, "g/chr=X,lane=1,sample=s3").needs()).toString());
    }
  }

  @Test
  void aGroupNeverSeesItsOwnProductsOrThoseOfJobsThatFollow() throws IOException {
    try (Written files =
        Written.yaml(
                "jobs:",
                "  clean: {command: x, match: 'd/{n}.txt', produces: 'd/{n}.clean.txt'}",
                "  sum: {command: x, needs: {job: clean}, produces: d/sum.txt}",
                "  k: {command: x, after: sum, parameters: {v: [p]}, produces: 'd/{v}.txt'}",
                "  other: {command: x, produces: d/other.txt}")
            .file("d/a.txt")
            .file("d/b.txt")
            // Of earlier builds.
            .file("d/a.clean.txt")
            .file("d/sum.txt")
            .file("d/p.txt")) {
      assertEquals(
          List.of("clean/n=a", "clean/n=b", "clean/n=other"),
          group(files.load(), "clean").instances());
    }
  }

  @Test
  void aProductThatNoJobDeclaresAnyMoreIsNoSource() throws IOException {
    try (Written files =
        Written.yaml(
                "jobs:",
                "  make: {command: x, parameters: {c: [1]}, produces: 'c/{c}.txt'}",
                "  g: {command: x, match: 'c/{n}.txt'}")
            .file("c/1.txt")
            .file("c/2.txt")
            .file("c/mine.txt")) {
      Results results = nothing().recorded("c/1.txt").recorded("c/2.txt");
      assertEquals(
          List.of("g/n=1", "g/n=mine"), group(files.blueprint().expand(results), "g").instances());
    }
  }

  @Test
  void productsOfAJobAreAwaitedAndThenZeroOneOrMany() throws IOException {
    try (Written files =
        Written.yaml(
            "jobs:",
            "  find: {command: x, produces: 'cand/*.txt'}",
            "  fold:",
            "    command: 'fold {c}'",
            "    parameters: {c: {products: find}, k: [1]}",
            "    produces: ['out/{c:stem}-{k}.txt', 'all/{c}.log', 'd/{c:name}/', const]",
            "  classify: {command: 'x {needs}', needs: {job: fold}}")) {
      ParsedBuildFile blueprint = files.blueprint();
      Workflow before = blueprint.expand(nothing());
      Group fold = group(before, "fold");
      assertEquals(List.of("find"), fold.awaits());
      assertEquals(List.of(), fold.instances());
      assertEquals(List.of("c", "k"), fold.parameters());
      assertEquals("[out/*-*.txt, all/**/*.log, d/*/**, const]", products(fold).toString());
      assertEquals(2, before.jobs().size());
      assertEquals(List.of(), before.warnings());

      Workflow none = blueprint.expand(nothing().ended("find"));
      assertEquals(List.of(), group(none, "fold").instances());
      assertEquals(List.of(), group(none, "fold").awaits());
      assertEquals(List.of(), group(none, "fold").products());

      Workflow one = blueprint.expand(nothing().ended("find", "cand/a.txt"));
      assertEquals(List.of("fold/c=cand%2Fa.txt,k=1"), group(one, "fold").instances());
      Workflow two = blueprint.expand(nothing().ended("find", "cand/b.txt", "cand/a.txt"));
      assertEquals(
          List.of("fold/c=cand%2Fa.txt,k=1", "fold/c=cand%2Fb.txt,k=1"),
          group(two, "fold").instances());
      assertEquals(
          "[cand/b.txt]", GroupTest.paths(job(two, "fold/c=cand%2Fb.txt,k=1").needs()).toString());
      // Plain jobs, and instances that stay, are the same objects again.
      assertEquals(before.jobs().getFirst(), two.jobs().getFirst());
      assertEquals(job(one, "fold/c=cand%2Fa.txt,k=1"), job(two, "fold/c=cand%2Fa.txt,k=1"));
      assertNotSame(
          files.blueprint().expand(nothing()).jobs().getFirst(), before.jobs().getFirst());
    }
  }

  @Test
  void valuesOfAGroupThatWaitsAwaitTheSame() throws IOException {
    try (Written files =
        Written.yaml(
            "jobs:",
            "  find: {command: x, produces: cand/}",
            "  fold: {command: x, parameters: {c: {products: find}}, produces: '{c:stem}.f'}",
            "  sum: {command: x, parameters: {c: {values: fold.c}}, needs: {job: 'fold/c={c}'}}",
            "  last: {command: x, parameters: {p: {products: fold}}}")) {
      ParsedBuildFile blueprint = files.blueprint();
      Workflow before = blueprint.expand(nothing());
      assertEquals(List.of("find"), group(before, "sum").awaits());
      assertEquals(List.of("find"), group(before, "last").awaits());
      Workflow after = blueprint.expand(nothing().ended("find", "cand/x.txt"));
      assertEquals(List.of("sum/c=cand%2Fx.txt"), group(after, "sum").instances());
      assertEquals(
          "[{fold/c=cand%2Fx.txt}]",
          GroupTest.paths(job(after, "sum/c=cand%2Fx.txt").needs()).toString());
      // What the fold makes is declared file by file.
      assertEquals(List.of("last/p=x.f"), group(after, "last").instances());
    }
  }

  @Test
  void linesAndTablesThatAJobMakesAreReadWhenItHasEnded() throws IOException {
    try (Written files =
        Written.yaml(
                "jobs:",
                "  list: {command: x, produces: [l.txt, t.csv]}",
                "  a: {command: x, parameters: {v: {lines: l.txt}}}",
                "  b: {command: 'x {w}', table: t.csv, produces: 'o/{w}'}",
                "  c: {command: x, table: {file: t.csv, columns: [w]}}")
            // Of an earlier build.
            .file("l.txt", "old")
            .file("t.csv", "w", "old")) {
      ParsedBuildFile blueprint = files.blueprint();
      Workflow before = blueprint.expand(nothing());
      for (String name : List.of("a", "b", "c")) {
        assertEquals(List.of("list"), group(before, name).awaits());
      }
      assertEquals("[o/**/*]", products(group(before, "b")).toString());
      files.file("l.txt", "1", "2").file("t.csv", "w", "3");
      Workflow after = blueprint.expand(nothing().ended("list", "l.txt", "t.csv"));
      assertEquals(List.of("a/v=1", "a/v=2"), group(after, "a").instances());
      assertEquals(List.of("b/w=3"), group(after, "b").instances());
      assertEquals(List.of("w"), group(after, "b").parameters());
    }
  }

  @Test
  void whatOnlyResultsShowFailsThatGroupByName() throws IOException {
    try (Written files =
        Written.yaml(
            "jobs:",
            "  list: {command: x, produces: t.csv}",
            "  a: {command: x, table: t.csv}",
            "  b: {command: x, parameters: {v: {values: a.w}}}",
            "  c: {command: x, parameters: {v: [1]}}")) {
      ParsedBuildFile blueprint = files.blueprint();
      files.file("t.csv", "w", "3", "3");
      Workflow after = blueprint.expand(nothing().ended("list", "t.csv"));
      assertEquals(
          "[t.csv:3:1: the same values as at t.csv:2:1: w=3]",
          group(after, "a").problems().toString());
      assertEquals(List.of(), group(after, "a").awaits());
      assertEquals(List.of("a"), group(after, "b").awaits());
      assertEquals(List.of("c/v=1"), group(after, "c").instances());
    }
  }

  @Test
  void globAndMatchAwaitJobsThatMayMakeWhatTheySee() throws IOException {
    try (Written files =
        Written.yaml(
                "jobs:",
                "  unpack: {command: x, produces: 'fq/*_1.fq'}",
                "  far: {command: x, produces: bam/}",
                "  g: {command: x, match: 'fq/{s}_{lane}.fq', produces: 'bam/{s}/{lane}.bam'}",
                "  h: {command: x, parameters: {f: {glob: 'fq/*'}}}")
            .file("fq/mine_2.fq")
            .file("fq/left_1.fq")) {
      ParsedBuildFile blueprint = files.blueprint();
      Workflow before = blueprint.expand(nothing());
      assertEquals(List.of("unpack"), group(before, "g").awaits());
      assertEquals(List.of("unpack"), group(before, "h").awaits());
      assertEquals("[bam/*/*.bam]", products(group(before, "g")).toString());
      Workflow after = blueprint.expand(nothing().ended("unpack", "fq/new_1.fq"));
      // What lies where unpack puts its products is its own, or left over.
      assertEquals(List.of("g/lane=2,s=mine", "g/lane=1,s=new"), group(after, "g").instances());
    }
  }

  @Test
  void groupsThatSeeEachOthersProductsAreACycle() throws IOException {
    try (Written files =
        Written.yaml(
                "jobs:",
                "  a: {command: x, match: 'x/{v}', produces: 'y/{v}'}",
                "  b: {command: x, match: 'y/{v}', produces: 'x/{v}'}")
            .file("x/1")) {
      assertEquals("torc.yaml:2:3: the groups a → b → a feed each other", files.refused());
    }
  }

  @Test
  void aFileThatDecidesAboutItsOwnMakerIsRefused() throws IOException {
    try (Written files =
        Written.yaml(
                "jobs: {a: {command: x, parameters: {v: {lines: l.txt}}, produces: '{v}.txt'}}")
            .file("l.txt", "m", "l")) {
      assertEquals("torc.yaml:1:37: a makes l.txt, which decides about it", files.refused());
      // A product that only looks like it is none.
      files.file("l.txt", "m", "n");
      assertEquals(List.of("a/v=m", "a/v=n"), group(files.load(), "a").instances());
    }
  }

  @Test
  void groupsWhoseProductsOnlyLookLikeTheFilesThatDecideAreNoCycle() throws IOException {
    try (Written files =
        Written.yaml(
                "jobs:",
                "  a: {command: x, parameters: {v: {lines: l.txt}}, produces: '{v}.txt'}",
                "  b: {command: x, table: t.csv, produces: ['{w}.txt', '{w}.csv']}",
                "  find: {command: x, needs: {job: a}, produces: 'c/*.csv'}",
                "  c: {command: x, parameters: {f: {products: find}}, produces: '{f}.txt'}")
            .file("l.txt", "m")
            .file("t.csv", "w", "n")) {
      Workflow workflow = files.load();
      assertEquals(List.of("a/v=m"), group(workflow, "a").instances());
      assertEquals(List.of("b/w=n"), group(workflow, "b").instances());
      assertEquals(List.of("find"), group(workflow, "c").awaits());
    }
  }

  @Test
  void ofAProductWithUnknownValuesTheBeginningOfItsNameIsKnown() throws IOException {
    try (Written files =
        Written.yaml(
            "jobs:",
            "  list: {command: x, needs: n, produces: l.txt}",
            "  g: {command: x, parameters: {v: {lines: l.txt}}, produces: ['o{v}',"
                + " 'd/{v}{v}.x']}")) {
      Workflow before = files.blueprint().expand(nothing());
      assertEquals("[{o*,o*/**/*}, d/**/**/*.x]", products(group(before, "g")).toString());
    }
  }

  @Test
  void whereValuesAreWrittenOwnProductsAreKnownExactly() throws IOException {
    try (Written files =
        Written.yaml(
                "jobs:",
                "  g:",
                "    command: x",
                "    parameters: {f: {glob: 'data/*.csv'}, o: [out, data/x]}",
                "    produces: '{o}/{f:name}'")
            .file("data/a.csv")) {
      assertEquals(
          List.of("g/f=data%2Fa.csv,o=out", "g/f=data%2Fa.csv,o=data%2Fx"),
          group(files.load(), "g").instances());
    }
  }

  @Test
  void sourcesAreLookedAtOnce() throws IOException {
    try (Written files =
        Written.yaml("jobs: {g: {command: x, parameters: {v: {lines: l.txt}}}}")
            .file("l.txt", "1")) {
      ParsedBuildFile blueprint = files.blueprint();
      Workflow before = blueprint.expand(nothing());
      files.file("l.txt", "1", "2");
      Workflow after = blueprint.expand(nothing());
      assertEquals(List.of("g/v=1"), group(after, "g").instances());
      assertEquals(before.jobs().getFirst(), after.jobs().getFirst());
      assertEquals(2, files.load().jobs().size());
    }
  }

  @Test
  void eachMakerGivesItsInstancesWhenItHasEndedButGlobValuesAndZipWaitForAll() throws IOException {
    try (Written files =
        Written.yaml(
            "jobs:",
            "  find: {command: x, parameters: {f: [a, b]}, produces: ['c/{f}-*', log]}",
            "  fold: {command: x, parameters: {c: {products: find}, k: [1, 2]}}",
            "  measure: {command: x, match: 'c/{f}-{n}', produces: ['m/{f}-{n}', all.m]}",
            "  plot: {command: x, parameters: {p: {products: measure}}}",
            "  glob: {command: x, parameters: {p: {glob: 'c/*'}}}",
            "  values: {command: x, parameters: {p: {values: measure.n}}}",
            "  zip: {command: x, mode: zip, parameters: {p: {products: find}, q: [1]}}")) {
      Workflow some = files.blueprint().expand(nothing().ended("find/f=b", "c/b-1", "log"));
      assertEquals(List.of("measure/f=b,n=1"), group(some, "measure").instances());
      assertEquals(List.of("find/f=a"), group(some, "measure").awaits());
      assertEquals("[c/a-*]", group(some, "measure").growing().getFirst().made().toString());
      assertEquals("[m/*-*, all.m]", products(group(some, "measure")).toString());
      // What a job declares is known before it has ended.
      assertEquals(
          List.of("fold/c=c%2Fb-1,k=1", "fold/c=c%2Fb-1,k=2", "fold/c=log,k=1", "fold/c=log,k=2"),
          group(some, "fold").instances());
      assertEquals(List.of("plot/p=all.m", "plot/p=m%2Fb-1"), group(some, "plot").instances());
      for (String name : List.of("glob", "values", "zip")) {
        assertEquals(List.of(), group(some, name).instances());
        assertEquals(List.of("find/f=a"), group(some, name).awaits());
        assertEquals(List.of(), group(some, name).growing());
      }
    }
  }
}
