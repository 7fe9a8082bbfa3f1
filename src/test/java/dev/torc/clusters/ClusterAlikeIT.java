package dev.torc.clusters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.FilesBelow;
import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Ran;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A build through a real Slurm is as one on this machine: the same engine, the same results. */
@Sampled
@Order(1) // it takes long
@Execution(ExecutionMode.CONCURRENT)
class ClusterAlikeIT {

  /** All that a job may make and say. */
  private static final String ALL =
      """
      vars: { word: one }
      jobs:
        stores:
          command: |
            echo 'n=3' >> "$TORC_OUTPUT"
            printf 'text<<END\\ntwo\\nlines\\nEND\\n' >> "$TORC_OUTPUT"
            echo '{"step": 1}' >> "$TORC_EVENTS"
          needs: [x]
        reads: { command: 'echo {data.stores.n} $SET > reads.out', needs: [{data: stores.text}], produces: [reads.out], env: { SET: "a 'b'" } }
        again:
          command: 'echo {attempt} >> again.log; test {attempt} = 3; echo done > again.out'
          produces: [again.out]
          retries: 2
        tmp: { command: 'test -z "$(ls {tmp})"; cp x {tmp}/x; wc -c < {tmp}/x > tmp.out; test "$PWD/{tmp}" = "$TORC_TMP"', needs: [x], produces: [tmp.out] }
        folder: { command: 'for i in 1 2 3; do cat x > dir/$i; done; mkdir dir/sub; ln -s ../1 dir/sub/link', needs: [x], produces: [dir/] }
        globs: { command: 'for i in $(cat x) 7; do echo $i > "g/$i.o"; done', needs: [x], produces: ['g/*.o'] }
        keeps: { command: 'cat x >> kept', needs: [x], produces: [kept], persist: true }
        depends:
          command: 'cat x hidden > depends.out; printf "depends.out: x hidden\\n" > deps/d.d'
          needs: [x]
          produces: [depends.out]
          depfile: deps/d.d
        nested: { command: 'echo > deep/er/file', produces: [deep/er/file], dir: '.' }
        fails: { command: 'echo half > fails.out; exit 3', needs: [x], produces: [fails.out], allow_failure: true }
        odd: { command: "cat \\"it's here\\" > \\"it's here.out\\"", needs: ["it's here"], produces: ["it's here.out"] }
        all: { command: 'cat dir/* g/*.o kept {needs[3]} > all.out || true; echo {word} >> all.out', needs: [dir/, 'g/*.o', kept, depends.out], produces: [all.out] }
      """;

  @TempDir static Path temp;
  private static Cluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.shared();
  }

  private static void sources(Sandbox project) throws IOException {
    project.write("x", "1\n");
    project.write("hidden", "h\n");
    project.write("it's here", "odd\n");
  }

  /** What a build left, without what differs from machine to machine. */
  private static List<String> told(Sandbox project, Ran ran) throws Exception {
    String events = project.torc("events").out().replaceAll("(?m)^\\S+ \\S+ ", "");
    return List.of(
        "exit " + ran.exit() + " " + ran.counts(),
        "ran " + ran.ran(),
        "moved "
            + ran.err().lines().filter(line -> line.contains(" to .torc/kept/")).sorted().toList(),
        "data " + project.torc("data").out(),
        "events " + events.lines().sorted().toList(),
        "files " + files(project.root),
        "status " + project.torc("status").out().replaceAll("(?m)^last build.*$", ""));
  }

  private static SortedMap<String, String> files(Path root) throws IOException {
    return FilesBelow.of(
        root,
        UTF_8,
        path ->
            (!path.startsWith(".torc/") || path.startsWith(".torc/kept/"))
                && !path.equals("torc.yaml"));
  }

  private interface Edit {
    void of(Sandbox project) throws Exception;
  }

  @Test
  void eachKindOfJobDoesWhatItDoesHere() throws Exception {
    try (Sandbox here = new Sandbox(temp);
        Sandbox there = cluster.project(temp)) {
      here.build(ALL);
      there.build(Cluster.executors(there) + ALL);
      sources(here);
      sources(there);
      List<Edit> edits =
          List.of(
              _ -> {},
              project -> {
                project.write("x", "2\n");
                project.edit("torc.yaml", "exit 3", "true");
                project.run(List.of("rm", "-r", "reads.out", "deep"));
              },
              project -> {
                project.write("hidden", "i\n");
                project.write("g/mine.o", "the user's\n");
                project.write("dir/1", "edited\n");
                project.write("kept", "edited\n");
                project.edit("torc.yaml", "word: one", "word: two");
              });
      int step = 0;
      for (Edit edit : edits) {
        edit.of(here);
        edit.of(there);
        assertEquals(
            told(here, here.torc("-j1")), told(there, there.torc()), "after edit " + step++);
      }
      Ran local = there.torc("--on", "local");
      assertEquals("12 jobs: 0 ran, 12 up to date, 0 failed", local.counts(), local.err());
    }
  }

  @Test
  void overviewWithItsThreeRestarts() throws Exception {
    try (Sandbox overview = cluster.on(Sandbox.example(temp, "overview"))) {
      overview.write("site.yaml", Cluster.executors(overview));
      String[] build = {"-f", "torc.yaml", "-f", "site.yaml"};
      Ran first = overview.torc(build);
      assertEquals("4 jobs: 4 ran, 0 up to date, 0 failed", first.counts(), first.err());
      assertFalse(first.err().contains("warning"), "nodes have cpus of their own: " + first.err());
      assertEquals("postprocess.key1=1.754\n", overview.torc("data").out());

      overview.edit("inputs.json", "\"decay\": 0.3,", "\"decay\": 0.31,");
      Ran second = overview.torc(build);
      assertEquals(List.of("postprocess", "preprocess", "work2"), second.ran(), second.err());
      assertEquals("4 jobs: 3 ran, 1 up to date, 0 failed", second.counts());

      overview.edit("inputs.json", "\"seed\": 2023", "\"seed\": 2024");
      // Slurm looks at the memory once a second: work2 keeps its own until then.
      overview.write(
          "keep.py", "import runpy, time\nall = runpy.run_path('work.py')\ntime.sleep(600)\n");
      overview.edit("torc.yaml", "work.py f2.json", "keep.py f2.json");
      overview.edit("torc.yaml", "memory: 1GiB", "memory: 64MB");
      Ran killed = overview.torc(build);
      assertEquals(1, killed.exit(), killed.err());
      assertTrue(killed.untimed().contains("work2 failed: out of memory"), killed.err());
      assertEquals("4 jobs: 2 ran, 0 up to date, 1 failed, 1 blocked", killed.counts());
      overview.edit("torc.yaml", "keep.py f2.json", "work.py f2.json");
      overview.edit("torc.yaml", "memory: 64MB", "memory: 1GiB");
      Ran more = overview.torc(build);
      assertEquals(List.of("postprocess", "work2"), more.ran(), more.err());

      assertEquals("4 jobs: 0 ran, 4 up to date, 0 failed", overview.torc(build).counts());
    }
  }

  @Test
  void aHundredLongJobsAreAtMostFiveSubmissions() throws Exception {
    try (Sandbox annz = cluster.on(Sandbox.example(temp, "annz"))) {
      annz.write("site.yaml", Cluster.executors(annz));
      annz.edit(
          "torc.yaml",
          "    produces: out/stats/{seed}.txt",
          "    produces: out/stats/{seed}.txt\n    resources: { runtime: 2h }");
      annz.write(
          "seeds.txt",
          IntStream.rangeClosed(1, 100)
                  .mapToObj(Integer::toString)
                  .collect(Collectors.joining("\n"))
              + "\n");
      Ran ran = annz.torc("-f", "torc.yaml", "-f", "site.yaml");
      assertEquals("101 jobs: 101 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
      int submissions = cluster.submissions(annz).size();
      assertTrue(submissions <= 5, submissions + " submissions");
    }
  }
}
