package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What the shipped torc asks of the kernel and of the compiler, counted: a count that grows is a
 * decision and not an accident. None depends on the machine's speed. {@code CostTest} counts what
 * its seams show.
 */
@Execution(ExecutionMode.CONCURRENT)
class CostIT {

  private static final int MEMBERS = 400;

  private static final Path STRACE = Path.of("/usr/bin/strace");

  /** The number of a thread, and the name of the call that it begins. */
  private static final Pattern CALL = Pattern.compile("([0-9]+) +([a-z0-9_]+)\\(.*");

  /** Calls that wait for other threads or for memory, so that their numbers differ. */
  private static final Set<String> UNSTEADY =
      Set.of("futex", "mprotect", "madvise", "sched_yield", "mmap", "munmap", "brk");

  @TempDir Path temp;
  private Sandbox box;

  @BeforeEach
  void start() throws IOException {
    box = new Sandbox(temp);
    box.env.put("TORC_SERVER", "0");
    box.env.put("TORC_MEMO", "0");
  }

  /** Runs torc with its system calls written to a file, and returns that. */
  private List<String> traced(String calls, String... words) throws Exception {
    assumeTrue(Files.isExecutable(STRACE), "strace is missing");
    Path log = temp.resolve("trace");
    String options = " -f -qq -e trace=" + calls + " -o '" + log + "' '";
    Sandbox.Ran ran =
        box.sh(STRACE + options + Sandbox.launcher() + "' " + String.join(" ", words));
    assertEquals(0, ran.exit(), ran.err());
    return Files.readAllLines(log, StandardCharsets.ISO_8859_1);
  }

  /** Returns the greatest number of looks at a member, other than those of one that was edited. */
  private long looks(List<String> trace, String edited) {
    long most = 0;
    for (int i = 0; i < MEMBERS; i++) {
      String name = "data/f%03d".formatted(i);
      long looks = trace.stream().filter(line -> line.contains(name + "\"")).count();
      assertTrue(looks > 0 || name.equals(edited), name + " was not looked at");
      most = name.equals(edited) ? most : Math.max(most, looks);
    }
    return most;
  }

  /** The fast path, the plan, before the job and after it (rule 6), and at the end (rule 16). */
  @Test
  void anEditOfOneOfManyNeededFilesLooksFiveTimesAtTheOthers() throws Exception {
    for (int i = 0; i < MEMBERS; i++) {
      box.write("data/f%03d".formatted(i), "1");
    }
    for (String need : List.of("data/*", "data/")) {
      box.build("jobs: { a: { command: 'ls data > out', needs: '" + need + "', produces: out } }");
      assertEquals(0, box.torc("-q").exit());
      box.write("data/f007", "edited for " + need);
      List<String> trace = traced("%stat,%%stat", "-q");
      long looks = looks(trace, "data/f007");
      assertTrue(looks <= 5, looks + " looks at a file of " + need);
    }
  }

  @Test
  void aFolderProductThatLostAFileIsLookedAtThisOften() throws Exception {
    box.build(
        """
        jobs:
          many: { command: 'for i in $(seq -w 0 399); do echo $i > data/f$i; done', produces: data/ }
          count: { command: 'ls data > out', needs: data/, produces: out }
        """);
    assertEquals(0, box.torc("-q").exit());
    Files.delete(box.root.resolve("data/f007"));
    List<String> trace = traced("%stat,%%stat", "-q");
    long looks = looks(trace, "data/f007");
    assertTrue(looks <= 10, looks + " looks at a file of a folder product");
  }

  /**
   * Counts what a job more costs: torc's own calls, and those of a new process up to its program.
   * 129 to 160 were counted, more where threads meet more often.
   */
  @Test
  void aSmallJobTakesThisManySystemCalls() throws Exception {
    box.env.put("PATH", "/usr/bin:/bin");
    int calls = Integer.MAX_VALUE;
    for (int tries = 0; tries < 3 && calls > 100 * 200; tries++) { // a busy machine adds some
      calls = Math.min(calls, callsOfFirstBuild(130) - callsOfFirstBuild(30));
    }
    assertTrue(calls <= 100 * 200, calls / 100.0 + " system calls a job");
  }

  private int callsOfFirstBuild(int jobs) throws Exception {
    box.sh("rm -rf .torc out");
    small(jobs);
    String first = null;
    Set<String> others = new HashSet<>(); // threads that became another program
    int calls = 0;
    for (String line : traced("all", "-q", "-j2")) {
      Matcher call = CALL.matcher(line);
      if (call.matches() && !others.contains(call.group(1))) {
        first = first == null ? call.group(1) : first; // the launcher, and then the JVM
        if (call.group(2).equals("execve") && !call.group(1).equals(first)) {
          others.add(call.group(1));
        }
        calls += UNSTEADY.contains(call.group(2)) ? 0 : 1;
      }
    }
    return calls;
  }

  private void small(int jobs) throws IOException {
    StringBuilder text = new StringBuilder("jobs:\n");
    for (int i = 0; i < jobs; i++) {
      text.append("  j%1$d: { command: ': > out/%1$d', produces: out/%1$d }\n".formatted(i));
    }
    box.build(text.toString());
  }

  /**
   * The compiler takes a quarter of the CPU of a short first build. The number varies by a tenth,
   * as threads meet; 1 970 to 2 170 were counted.
   */
  @Test
  void aFirstBuildOf300JobsCompilesFewMethods() throws Exception {
    Path log = temp.resolve("compiled");
    small(300);
    box.env.put("_JAVA_OPTIONS", "-Xlog:jit+compilation=debug:file=" + log);
    assertEquals("300 jobs: 300 ran, 0 up to date, 0 failed", box.torc("-q", "-j2").counts());
    int compiled = Files.readAllLines(log).size();
    assertTrue(1000 < compiled && compiled <= 3000, compiled + " compiled methods");
  }
}
