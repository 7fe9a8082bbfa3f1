package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.torc.session.Project;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Groups whose instances are known only when another job has ended. */
class FanOutTest extends Harness {

  private static final String JOBS =
      """
      find: { command: find, needs: [sky], produces: 'cand/*' }
      classify: { command: classify, needs: [{ job: fold }], produces: classes }
      report: { command: report, needs: ['folded/*'], produces: report }
      other: { command: other, produces: other }
      """;

  /** What each instance needs beside its candidate. */
  private String extra = "";

  private String product = "folded/{f}";

  private String candidates = "a b";

  @BeforeEach
  void aSky() {
    edit("sky", "1");
    job(
        "find",
        stub -> {
          for (String name : candidates.split(" ")) {
            if (!name.isEmpty()) {
              stub.write(
                  "cand/" + name, name + " of " + (name.equals("a") ? "" : stub.read("sky")));
            }
          }
          return stub.exit(0);
        });
  }

  @Override
  Project load() throws IOException {
    given(
        JOBS
            + "fold: { match: 'cand/{f}', command: fold, needs: [%s], produces: '%s' }"
                .formatted(extra, product));
    return super.load();
  }

  @Test
  void instancesComeUpInTheSameBuild() {
    build().ran("find", "fold/f=a", "fold/f=b", "classify", "report", "other");
    assertEquals(0, exit);
    assertEquals(List.of("find", "other"), started().subList(0, 2).stream().sorted().toList());
    assertEquals(
        6,
        events.stream()
            .filter(e -> e instanceof Event.Finished)
            .mapToInt(e -> ((Event.Finished) e).counts().get(JobState.RAN))
            .sum());
  }

  @Test
  void aSecondBuildRunsNothing() {
    build();
    settled();
    assertEquals("up to date", look().get("fold/f=b"));
    assertEquals(JobState.UP_TO_DATE, state("classify"));
  }

  @Test
  void oneMoreCandidateCostsOneFoldAndTheReaders() {
    build();
    candidates = "a c";
    edit("sky", "2");
    build().ran("find", "fold/f=c", "classify", "report");
    assertEquals("need added folded/c; need removed folded/b", why("classify"));
    assertEquals(JobState.UP_TO_DATE, state("fold/f=a"));
    settled();
  }

  @Test
  void noCandidatesAreNoInstances() {
    candidates = "";
    build().ran("find", "classify", "report", "other");
    assertEquals(0, exit);
    settled();
  }

  @Test
  void beforeTheBuildReadersMayRun() {
    assertEquals("will run: never ran", look().get("find"));
    build();
    edit("sky", "2");
    assertEquals("will run: need changed sky", look().get("find"));
    assertEquals("may run: fold", look().get("classify"));
    assertEquals("may run: fold", look().get("report"));
    assertNull(look().get("fold/f=a"));
  }

  @Test
  void aFailureOfWhatIsAwaitedBlocksTheReaders() {
    failing("find");
    build().ran("find", "other");
    assertEquals(JobState.BLOCKED, state("classify"));
    assertEquals("find", what("classify"));
    assertEquals(1, exit);
  }

  @Test
  void aFailedInstanceBlocksItsReaders() {
    failing("fold/f=b");
    build();
    assertEquals(JobState.RAN, state("fold/f=a"));
    assertEquals(JobState.BLOCKED, state("classify"));
    usual("fold/f=b");
    build().ran("fold/f=b", "classify", "report");
    settled();
  }

  @Test
  void aMissingFileOfTheValuesFailsItsInstancesAndTheRestGoesOn() {
    extra = "'nowhere/{f}'";
    build().ran("find", "other");
    assertEquals(JobState.FAILED, state("fold/f=a"));
    assertEquals("need nowhere/a does not exist, and no job produces it", what("fold/f=a"));
    assertEquals(JobState.BLOCKED, state("classify"));
    assertEquals("fold/f=a", what("classify"));
    assertEquals(JobState.BLOCKED, state("report"));
    assertEquals(1, exit);
    build().ran();
    assertEquals(JobState.FAILED, state("fold/f=b"));
    assertEquals(JobState.UP_TO_DATE, state("other"));
    assertEquals(1, exit);
    extra = "";
    build().ran("fold/f=a", "fold/f=b", "classify", "report");
    assertEquals(0, exit);
  }

  @Test
  void twoMakersFailTheGroup() {
    candidates = "a";
    product = "other";
    build();
    assertEquals(JobState.FAILED, state("fold"));
    assertEquals(JobState.RAN, state("other"));
  }

  @Test
  void aCycleFailsTheGroup() {
    extra = "folded/a";
    build();
    assertEquals(JobState.FAILED, state("fold"));
    assertEquals(JobState.RAN, state("other"));
    assertEquals(1, exit);
  }

  @Test
  void anInstanceIsATargetBeforeItIsKnown() {
    build("fold/f=b").ran("find", "fold/f=b");
    build("fold").ran("fold/f=a");
  }

  @Test
  void anInstanceThatNeverComesUpFailsItsGroup() {
    build("fold/f=z").ran("find");
    assertEquals(JobState.FAILED, state("fold"));
    assertEquals(1, exit);
  }

  @Test
  void whatRunsMeanwhileGoesOn() {
    StubRunner.Held other = hold("other");
    job(
        "fold/f=a",
        stub -> {
          other.go(); // it began in the context before
          return work(stub);
        });
    build();
    ran("find", "fold/f=a", "fold/f=b", "classify", "report", "other");
    settled();
  }

  @Test
  void aGroupThatNobodyAsksForIsNotExpanded() {
    build("other").ran("other");
    extra = "'nowhere/{f}'";
    build("find").ran("find");
    assertNull(state("fold"));
    assertEquals(0, exit);
  }
}
