package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code torc adopt} of so many jobs that several threads look at them. */
class AdoptManyTest {

  private static final int JOBS = 1100;

  @TempDir Path temp;
  private Folder folder;

  /** Writes products of as many jobs, each with a reader behind all of them. */
  @BeforeEach
  void project() throws IOException {
    folder = new Folder(temp.toRealPath());
    StringBuilder jobs = new StringBuilder("jobs:\n");
    for (int i = 0; i < JOBS; i++) {
      folder.put("in/" + i, "in " + i).put("out/" + i, "out " + i);
      jobs.append("  j%1$d: { command: \"cp {needs} {produces}\", needs: in/%1$d,".formatted(i));
      jobs.append(" produces: { file: out/%d, non_empty: true } }\n".formatted(i));
    }
    for (int i = 0; i < JOBS; i++) {
      folder.put("end/" + i, "out " + i);
      jobs.append("  r%1$d: { command: \"cp {needs} {produces}\", needs: out/%1$d,".formatted(i));
      jobs.append(" produces: end/%d }\n".formatted(i));
    }
    folder.put("torc.yaml", jobs.toString());
  }

  @Test
  void allAreUpToDateAfterwards() throws IOException {
    Run adopt = folder.run("adopt", "-q", ".");
    assertEquals("2200 jobs: 2200 adopted, 0 up to date\n", adopt.err());
    Run plan = folder.run("-n");
    assertEquals("2200 jobs: 0 will run, 0 may run, 2200 up to date\n", plan.out() + plan.err());
    folder.put("in/7", "other");
    String first = folder.run("-n").out().lines().findFirst().orElseThrow();
    assertTrue(first.startsWith("j7 will run: need in/7 changed "), first);
  }

  /** The look at all products finds an empty one after visits have found the missing ones. */
  @Test
  void problemsComeInTheOrderOfTheJobs() throws IOException {
    folder.put("out/100", "").put("out/1099", "");
    for (String missing : List.of("out/50", "out/700", "end/0")) {
      Files.delete(folder.at().resolve(missing));
    }
    Run adopt = folder.run("adopt", ".");
    List<String> said =
        Pattern.compile("job ([jr][0-9]+): ")
            .matcher(adopt.err())
            .results()
            .map(found -> found.group(1))
            .toList();
    assertEquals(
        List.of("j50", "j100", "j700", "j1099", "r0", "r50", "r100", "r700", "r1099"), said);
    assertEquals("", adopt.out());
    assertEquals(1, adopt.exit());
    String plan = folder.run("-n", "-q").err();
    assertTrue(plan.endsWith("2200 jobs: 2200 will run, 0 may run, 0 up to date\n"), plan);
  }
}
