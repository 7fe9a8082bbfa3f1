package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** torc under a real make: as a client of its jobserver, and under {@code make -n}. */
class MakeIT {

  /** Goes on only when as many of its kind have run at once as there should; notes how many do. */
  private static final String COUNTED =
      """
      #!/bin/sh
      # counted N: notes again and again how many run, at least until N have been seen at once
      mkdir running.$$
      i=0 n=$1
      while [ $i -lt 10 ] || { [ $i -lt 3000 ] && ! grep -qx "$n" seen; }; do
        set -- running.*
        echo $# >> seen
        sleep 0.01
        i=$((i + 1))
      done
      rmdir running.$$
      """;

  @TempDir Path temp;
  private Sandbox project;

  @BeforeEach
  void aProjectWithManyJobs() throws Exception {
    project = new Sandbox(temp);
    project.script("counted", COUNTED);
    StringBuilder jobs = new StringBuilder("limits: { cpus: 8 }\njobs:\n");
    for (int i = 0; i < 8; i++) {
      jobs.append("  j%d: { command: ./counted 3, needs: counted }\n".formatted(i));
    }
    project.build(jobs.toString());
  }

  @AfterEach
  void end() {
    project.close();
  }

  @Test
  void neverMoreJobsThanThePipeHasTokens() throws Exception {
    project.write("Makefile", "all:\n\t+%s build\n".formatted(Sandbox.launcher()));
    Ran ran = project.run(List.of("make", "-j3"));
    assertEquals(0, ran.exit(), ran.err());
    assertEquals("8 jobs: 8 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
    assertEquals(3, most(), ran.err());
    assertFalse(ran.err().contains("jobserver"), ran.err());
  }

  @Test
  void neverMoreJobsThanTokensBesideMakesOwn() throws Exception {
    project.write(
        "Makefile",
        """
        all: torc a b c nested
        torc:
        \t+%s build
        a b c:
        \t./counted 3
        nested:
        \t+$(MAKE) -f Makefile d e f
        d e f:
        \t./counted 3
        """
            .formatted(Sandbox.launcher()));
    Ran ran = project.run(List.of("make", "-j3"));
    assertEquals(0, ran.exit(), ran.err());
    assertEquals(3, most());
    assertTrue(ran.err().contains("8 jobs: 8 ran, 0 up to date, 0 failed"), ran.err());
    assertFalse(ran.err().contains("jobserver"), ran.err());
  }

  @Test
  void givesEveryTokenBackHoweverTheBuildEnds() throws Exception {
    project.build(
        """
        jobs:
          a: { command: "exit 3" }
          b: { command: sleep 60, resources: { runtime: 200ms } }
          c: { command: ./counted 1, needs: counted }
          d: { command: ./counted 1, after: a, needs: counted }
        """);
    project.write("Makefile", "all:\n\t+%s build -k; test $$? = 1\n".formatted(Sandbox.launcher()));
    Ran ran = project.run(List.of("make", "-j3"));
    assertEquals(0, ran.exit(), ran.err());
    // make 4.3 says so where the tokens in its pipe are not those it put there
    assertFalse(ran.err().contains("jobserver"), ran.err());
  }

  @Test
  void takesTokensFromAFifoAndGivesThemBack() throws Exception {
    assertEquals(0, project.run(List.of("mkfifo", "tokens")).exit());
    // A stand-in for make 4.4: holds the FIFO open, puts two tokens in, and takes out what is left.
    Ran ran =
        project.sh(
            """
            exec 3<>tokens
            printf '++' >&3
            MAKEFLAGS=' -j3 --jobserver-auth=fifo:tokens' torc build || exit
            printf 'e\\n' >&3
            head -n 1 <&3
            """);
    assertEquals(0, ran.exit(), ran.err());
    assertEquals("++e\n", ran.out());
    assertEquals(3, most());
  }

  @Test
  void withoutPlusTheNumbersInMakeflagsAreNotUsed() throws Exception {
    project.edit("torc.yaml", "counted 3", "counted 2");
    project.write("Makefile", "all:\n\t%s build j1 j2\n".formatted(Sandbox.launcher()));
    Ran ran = project.run(List.of("make", "-j3"));
    assertEquals(0, ran.exit(), ran.err());
    assertEquals("2 jobs: 2 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
    String warning = ran.err().lines().filter(l -> l.startsWith("warning:")).findFirst().get();
    assertTrue(warning.contains("jobserver") && warning.contains("+"), warning);
  }

  @Test
  void makeNMakesADryRun() throws Exception {
    project.edit("torc.yaml", "counted 3", "counted 1");
    project.write("Makefile", "all:\n\t+%s build j1\n".formatted(Sandbox.launcher()));
    Ran ran = project.run(List.of("make", "-n"));
    assertEquals(0, ran.exit(), ran.err());
    assertTrue(ran.out().endsWith("\nj1 will run: never ran\n"), ran.out());
    assertEquals("1 job: 1 will run, 0 may run, 0 up to date\n", ran.err());
    assertFalse(project.exists(".torc"));
    Ran grouped = project.run(List.of("make", "-kn", "-j2", "V=n"));
    assertTrue(grouped.out().contains("j1 will run: never ran\n"), grouped.out());
    Ran named = project.run(List.of("make", "NAME=-n"));
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", named.counts(), named.err());
  }

  @Test
  void jobsSeeMakeflagsWithoutTheJobserver() throws Exception {
    project.build("jobs:\n  a: { command: 'echo \"$MAKEFLAGS\" > flags' }\n");
    project.write("Makefile", "all:\n\t+%s build\n".formatted(Sandbox.launcher()));
    assertEquals(0, project.run(List.of("make", "-j3", "-k", "COLOUR=blue")).exit());
    String flags = project.read("flags");
    assertFalse(flags.contains("jobserver") || flags.contains("-j"), flags);
    assertTrue(flags.contains("k") && flags.contains("COLOUR=blue"), flags);
  }

  @Test
  void anExplicitJLeavesTheJobserverAloneAndWarns() throws Exception {
    project.edit("torc.yaml", "counted 3", "counted 1");
    project.write("Makefile", "all:\n\t+%s build -j 8 -j 1\n".formatted(Sandbox.launcher()));
    Ran ran = project.run(List.of("make", "-j3"));
    assertEquals(0, ran.exit(), ran.err());
    assertTrue(ran.err().startsWith("warning: -j or --limit cpus= is given"), ran.err());
    assertEquals(1, most());
  }

  private int most() throws Exception {
    return Files.readAllLines(project.root.resolve("seen")).stream()
        .mapToInt(Integer::parseInt)
        .max()
        .orElseThrow();
  }
}
