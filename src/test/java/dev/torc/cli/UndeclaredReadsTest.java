package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 14: what the commands of jobs run and read without needing it, as {@code check} tells. */
class UndeclaredReadsTest {

  private static final String CLEAN =
      "  clean: { command: sort raw.csv > clean.csv, needs: raw.csv, produces: clean.csv }\n";

  @TempDir Path temp;
  private Folder folder;

  @BeforeEach
  void root() throws IOException {
    folder = new Folder(Files.createDirectory(temp.toRealPath().resolve("root")));
    folder.put("raw.csv", "");
  }

  /** The warnings on jobs, without their places. */
  private String check(String jobs) throws IOException {
    Run run = folder.put("torc.yaml", "jobs:\n" + jobs).run("check");
    assertEquals(0, run.exit(), run.err());
    return run.err().replaceAll("(?m)^torc.yaml:\\d+:\\d+: warning: ", "");
  }

  /** The words that {@code check} tells of in a command, without any need, beside that of clean. */
  private String words(String command) throws IOException {
    String quoted = "'" + command.replace("'", "''").replace("\n", "\n\n") + "'";
    return told(CLEAN + "  it: { command: " + quoted + " }\n");
  }

  private String told(String jobs) throws IOException {
    StringBuilder told = new StringBuilder();
    check(jobs)
        .lines()
        .forEach(line -> told.append(line.replaceAll("^job \\S+ (\\w+ \\S+?),? .*", "$1; ")));
    return told.toString().strip();
  }

  @Test
  void anotherJobsProductIsToldWithTheItemToAdd() throws IOException {
    folder.put("torc.yaml", "jobs:\n" + CLEAN + "  count: { command: wc -l clean.csv }\n");
    Run run = folder.run("check");
    assertEquals(
        "torc.yaml:3:3: warning: job count names clean.csv, a product of job clean that it does"
            + " not need; add clean.csv to needs, or its changes go unseen\n",
        run.err());
    assertEquals(0, run.exit());
  }

  @Test
  void onlyNeedsCountAndAnyPathOfThemDoes() throws IOException {
    String count = "  count: { command: wc -l clean.csv, ";
    assertEquals("", check(CLEAN + count + "needs: clean.csv }\n"));
    assertEquals("", check(CLEAN + count + "needs: '*.csv' }\n"));
    assertEquals("", check(CLEAN + count + "needs: { job: clean } }\n"));
    String index = "  index: { command: index, needs: clean.csv, produces: i.idx }\n";
    assertEquals("", check(CLEAN + index + count + "needs: i.idx }\n"));
    assertEquals("", check(CLEAN + index + count + "needs: [{ data: clean.n }] }\n"));
    assertEquals("", check(CLEAN + index + count + "needs: i.idx, after: clean }\n"));
    assertEquals(
        "job count names clean.csv, a product of job clean that it does not need; add clean.csv to"
            + " needs, or its changes go unseen (after is no need)\n",
        check(CLEAN + count + "after: clean }\n"));
    assertEquals("names clean.csv;", told(CLEAN + index + count + "after: index }\n"));
    String later = "  later: { command: x, after: clean, produces: l.txt }\n";
    assertEquals("names clean.csv;", told(CLEAN + later + count + "needs: l.txt }\n"));
    String both = "  both: { command: x, after: clean, needs: i.idx, produces: l.txt }\n";
    assertEquals("", told(CLEAN + index + both + count + "needs: l.txt }\n"));
    assertEquals("names clean.csv;", told(CLEAN + count + "needs: ['*.csv', '!clean.csv'] }\n"));
  }

  @Test
  void aToolThatAJobMakesIsANeed() throws IOException {
    String make = "  make: { command: cc, produces: bin/fit }\n";
    assertEquals("", check(make + "  fit: { command: bin/fit, tools: bin/fit }\n"));
    assertEquals("runs bin/fit;", told(make + "  fit: { command: bin/fit }\n"));
  }

  @Test
  void whatWaitsForTheJobCannotBeNeeded() throws IOException {
    assertEquals(
        "job a names c.csv, a product of job c, which waits for this job; if that is read, split"
            + " the job in two\n",
        check(
            "  a: { command: x c.csv, produces: b.csv }\n"
                + "  c: { command: y, needs: b.csv, produces: c.csv }\n"));
  }

  @Test
  void wordsAreThoseThatTheProgramGets() throws IOException {
    for (String command :
        List.of(
            "wc -l clean.csv",
            "wc 'clean.csv' \"clean.csv\"",
            "x --in=clean.csv",
            "x -i./clean.csv",
            "dd if=clean.csv",
            "IN=clean.csv ./x",
            "wc < clean.csv",
            "echo \"$(cat clean.csv)\"",
            "x=$(wc clean.csv)",
            "a; b && wc clean.csv || c",
            "for f in clean.csv; do wc $f; done",
            "cat <<E > out.txt\ntext\nE\nwc clean.csv",
            "wc " + folder.at() + "/clean.csv",
            "wc sub/../clean.csv ./clean.csv")) {
      assertTrue(
          words(command).matches("names (\\S*/)?clean.csv;"), command + ": " + words(command));
    }
  }

  @Test
  void textsAndWhatCannotBeToldAreNoWords() throws IOException {
    for (String command :
        List.of(
            "echo 'from clean.csv now' clean.csv",
            "printf clean.csv",
            "x 'read clean.csv'",
            "x # clean.csv",
            "cat <<E\nclean.csv\nE",
            "wc `cat clean.csv`",
            "wc \"$clean.csv\" $X/clean.csv clean.csv$X",
            "x clean.csv.gz my-clean.csv",
            "cd sub && wc clean.csv ../clean.csv",
            "(cd sub; wc clean.csv)",
            "make -C sub clean.csv",
            "tar --exclude=clean.csv -c .",
            "rm -f clean.csv",
            "sort -o x > clean.csv; wc clean.csv",
            "x >> ./clean.csv",
            "case $1 in clean.csv) x;; esac")) {
      assertEquals("", words(command), command);
    }
  }

  @Test
  void tasksListsAndFoldersAreLookedAtToo() throws IOException {
    assertEquals("names clean.csv;", told(CLEAN + "  it: { command: [wc, -l, clean.csv] }\n"));
    assertEquals("", told(CLEAN + "  it: { command: [wc, '-l clean.csv'] }\n"));
    assertEquals(
        "names clean.csv;",
        told(CLEAN + "  it: { tasks: [{ command: x }, { cmd: wc clean.csv }] }\n"));
    folder.put("sub/x", "");
    assertEquals(
        "names ../clean.csv;", told(CLEAN + "  it: { command: wc ../clean.csv, dir: sub }\n"));
    assertEquals("", told(CLEAN + "  it: { command: wc clean.csv, dir: sub }\n"));
    assertEquals(
        "",
        told(
            CLEAN
                + "  it: { tasks: [{ command: x > clean.csv.tmp }, { command: wc clean.csv.tmp"
                + " }]}\n"));
  }

  @Test
  void membersOfFoldersAndGlobsHaveTheirMaker() throws IOException {
    String makes =
        "  split: { command: x, produces: parts/ }\n  cut: { command: x, produces: 'cut/*.txt' }\n";
    assertEquals(
        """
        job it names parts/a, a product of job split that it does not need; add parts/a to needs, or its changes go unseen
        job it names parts/, a product of job split that it does not need; add parts/ to needs, or its changes go unseen
        job it names cut/b.txt, a product of job cut that it does not need; add cut/b.txt to needs, or its changes go unseen
        """,
        check(makes + "  it: { command: x parts/a cut/c parts/ cut/b.txt }\n"));
    assertEquals(
        "", check(makes + "  it: { command: x parts/a cut/b.txt, needs: [parts/, cut/b.txt] }\n"));
    assertEquals("", check("  own: { command: cp x parts/a; wc parts/a, produces: parts/ }\n"));
    assertEquals(
        "job it names a[1].txt, a product of job odd that it does not need; add a\\[1\\].txt to"
            + " needs, or its changes go unseen\n",
        check(
            "  odd: { command: x, produces: 'a\\[1\\].txt' }\n"
                + "  it: { command: \"wc 'a[1].txt'\" }\n"));
  }

  @Test
  void aLongCommandIsRead() throws IOException {
    StringBuilder command = new StringBuilder("cat");
    for (int i = 0; i < 10_000; i++) {
      command.append(" part").append(i).append(".csv");
    }
    assertEquals("names clean.csv;", words(command + " clean.csv " + "x".repeat(5000)));
  }

  @Test
  void instancesOfAGroupHaveOneLine() throws IOException {
    String clean =
        "  clean: { command: x, parameters: { s: [a, b, c] }, produces: 'clean_{s}.csv' }\n";
    assertEquals(
        "job count/s=a (and 2 more of group count) names clean_a.csv, a product of job clean/s=a"
            + " that it does not need; add clean_a.csv to needs, or its changes go unseen\n",
        check(clean + "  count: { command: 'wc clean_{s}.csv', parameters: { s: [a, b, c] } }\n"));
    assertEquals(
        "names clean_b.csv;",
        told(
            clean
                + "  one: { command: 'wc clean_{s}.csv', parameters: { s: [a] }, needs: clean_a.csv"
                + " }\n"
                + "  two: { command: wc clean_b.csv, needs: [{ job: clean/s=a }] }\n"));
    assertEquals(
        "",
        check(
            clean
                + "  all: { command: wc clean_a.csv clean_b.csv clean_c.csv, needs: [{ job: clean"
                + " }] }\n"));
  }

  @Test
  void aGroupThatIsNotExpandedYetMayMakeWhatItsPatternSays() throws IOException {
    String groups =
        """
          list: { command: ls, needs: raw.csv, produces: 'parts/*' }
          each:
            command: 'x {p}'
            parameters: { p: { products: list } }
            needs: '{p}'
            produces: 'out/{p:name}.txt'
        """;
    assertEquals(
        "job it names out/a.txt, a product of group each that it does not need; add out/a.txt to"
            + " needs, or its changes go unseen\n",
        check(groups + "  it: { command: wc out/a.txt parts.txt }\n"));
    assertEquals("", check(groups + "  it: { command: wc out/a.txt, needs: [{ job: each }] }\n"));
    assertEquals("", check(groups + "  it: { command: wc parts/a, needs: 'out/*' }\n"));
    String after = "  it: { command: wc parts/a, after: each, needs: [{ job: list }] }\n";
    assertEquals("", check(groups + after));
    assertEquals("names parts/a;", told(groups + after.replace(", needs: [{ job: list }]", "")));
  }

  @Test
  void filesThatAreOnlyNamedAreForCheckAlone() throws IOException {
    folder
        .put("cfg.yaml", "")
        .put("lib/util", "")
        .put("Makefile", "")
        .put(".hid", "")
        .put("o.txt", "");
    assertEquals(
        "job it names cfg.yaml, a file that it does not need; if it is read, add cfg.yaml to"
            + " needs\n",
        check("  it: { command: cat cfg.yaml }\n"));
    assertEquals(
        "names lib/util; names --c=cfg.yaml;".replace("--c=", ""),
        told("  it: { command: x lib/util Makefile .hid lib no.txt --c=cfg.yaml > o.txt }\n"));
    assertEquals("", check("  it: { command: x lib/util cfg.yaml, needs: [lib/, '*.yaml'] }\n"));
    assertEquals("", check("  it: { command: x cfg.yaml, needs: cfg.yaml }\n"));
    assertEquals("", check("  it: { command: cp x o.txt; wc o.txt, produces: o.txt }\n"));
    Files.writeString(temp.resolve("outside.txt"), "");
    assertEquals("", check("  it: { command: x ../outside.txt " + temp + "/outside.txt }\n"));
    Run run = folder.put("torc.yaml", "jobs:\n  it: { command: cat cfg.yaml }\n").run("build");
    assertTrue(!run.err().contains("warning"), run.err());
  }

  @Test
  void whatADepfileNamesIsNotAskedFor() throws IOException {
    folder.put("a.c", "").put("a.h", "").put("gen.sh", "");
    String job = "  it: { command: \"%s\", produces: a.o, depfile: a.d }\n";
    String cc = "cp a.c a.o; echo 'a.o: a.c a.h' > a.d; cat a.h";
    assertEquals("", check(job.formatted(cc)), "it never ran");
    assertEquals("", check(job.formatted("sh gen.sh")), "it never ran");
    assertEquals("names clean.csv;", told(CLEAN + job.formatted(cc + " clean.csv")));
    folder.put("torc.yaml", "jobs:\n" + job.formatted(cc)).build();
    assertEquals("", check(job.formatted(cc)), "the depfile has it");
    assertEquals("names raw.csv;", told(job.formatted(cc + " raw.csv")));
    assertEquals("runs gen.sh;", told(job.formatted(cc + "; sh gen.sh")));
    folder.put("torc.yaml", "jobs:\n" + job.formatted(cc + " raw.csv; false")).run("build");
    assertEquals("", check(job.formatted(cc + " raw.csv; false")), "it failed");
  }

  @Test
  void whetherAWordIsAScriptIsForItsFolderToSayAndWhetherItIsNeededForTheJob() throws IOException {
    for (String file : List.of("run", "made", "lib/b.py", "../outside")) {
      folder.put(file, "");
    }
    Files.createSymbolicLink(folder.at().resolve("link"), Path.of("run"));
    Files.createDirectory(folder.at().resolve("tool"));
    assertEquals("runs ./run;", told("  no: { command: ./run; ./run; sh run }\n"));
    assertEquals("", told("  needs: { command: ./run, needs: run }\n"));
    assertEquals("", told("  glob: { command: ./run, needs: 'r*' }\n"));
    assertEquals("runs ./run;", told("  not: { command: ./run, needs: ['*', '!run'] }\n"));
    assertEquals(
        "runs lib/../run; runs lib/b.py;",
        told("  again: { command: cp run x; lib/../run; python3 lib/b.py }\n"));
    assertEquals(
        "runs b.py; runs ../run;",
        told("  below: { command: ./run; python3 b.py; ../run, dir: lib }\n"));
    assertEquals("", told("  folder: { command: python3 b.py, dir: lib, needs: lib/ }\n"));
    assertEquals("", told("  makes: { command: ./made, produces: made }\n"));
    assertEquals(
        "", told("  o: { command: ../outside; sh ../outside; tool; ./none; /bin/sh x }\n"));
    assertEquals("runs ./link;", told("  link: { command: [./link] }\n"));
    assertEquals("", told("  bare: { command: run }\n"), "no folder of PATH has it");
  }

  @Test
  void modulesAndScriptsOnThePathAreRunToo() throws IOException {
    for (String file : List.of("pkg/mod.py", "app/__main__.py", "bin/fit")) {
      folder.put(file, "#!/bin/sh\n");
    }
    assertTrue(folder.at().resolve("bin/fit").toFile().setExecutable(true));
    assertEquals(
        "job m runs pkg.mod but does not need it; add pkg/mod.py to needs, or its changes go"
            + " unseen\n",
        check("  m: { command: python3 -m pkg.mod x }\n"));
    assertEquals("runs app;", told("  m: { command: python3 -u -m app }\n"));
    assertEquals("", told("  m: { command: python3 -m app; python3 -m none, needs: app/ }\n"));
    String env = "env: { PATH: 'bin:{env.PATH}' } }\n";
    assertEquals(
        "job p runs fit but does not need it; add bin/fit to needs, or its changes go unseen\n",
        check("  p: { command: fit; cp a b, " + env));
    assertEquals("", told("  p: { command: fit, needs: bin/fit, " + env));
    assertEquals("", told("  p: { command: fit, tools: fit, " + env));
    assertEquals("", told("  p: { command: fit }\n"));
  }

  @Test
  void aPipeInAShellThatSeesOnlyItsEndIsToldOnceForAGroup() throws IOException {
    String jobs =
        """
          a: { command: a | b }
          b: { command: a | b, shell: [bash, -e, -o, pipefail, -c] }
          c: { command: "set -o pipefail; a | b" }
          d: { command: a || b }
          e: { command: "a '|' b" }
          f: { command: [a, '|', b] }
          g: { command: 'a {i} | b', parameters: { i: [1, 2] } }
          h: { command: x, retries: 1, retry: { recover: a | b } }
        """;
    String line =
        "job %s: in a pipe sh notices only the last failure; set shell: [bash, -e, -o, pipefail,"
            + " -c]\n";
    assertEquals(
        line.formatted("a") + line.formatted("g/i=1 (and 1 more of group g)") + line.formatted("h"),
        check(jobs));
  }
}
