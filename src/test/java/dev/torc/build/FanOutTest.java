package dev.torc.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.torc.graph.Grouped;
import dev.torc.workflow.Found;
import dev.torc.workflow.Group;
import dev.torc.workflow.Loader;
import dev.torc.workflow.Place;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Workflow;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 4: groups whose instances are known only when another job has ended. */
class FanOutTest extends Harness {

  private static final String JOBS =
      """
      find: { command: find, needs: [sky], produces: 'cand/*' }
      classify: { command: classify, needs: [{ job: fold }], produces: classes }
      report: { command: report, needs: ['folded/*'], produces: report }
      other: { command: other, produces: other }
      """;

  /** What more stands in the build file for each candidate. */
  private String extra = "";

  private String product = "folded/";

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
  Workflow read() throws IOException {
    given(JOBS);
    Group fold =
        new Group(
            "fold",
            new Place("torc.yaml", 9, 3),
            List.of("f"),
            List.of(),
            List.of("find"),
            List.of(new Ref.OfGlob(Place.NONE, "folded/*")));
    return Grouped.of(super.read(), fold);
  }

  @Override
  Workflow expand(Found found) throws IOException {
    Optional<List<String>> products = found.products("find");
    if (products.isEmpty()) {
      return read();
    }
    StringBuilder jobs = new StringBuilder(JOBS);
    for (String path : new TreeSet<>(products.get())) {
      String name = path.substring(path.indexOf('/') + 1);
      jobs.append(
          "fold/f=%s: { command: fold, needs: [%s%s], produces: %s }\n"
              .formatted(name, path, extra, product.endsWith("/") ? product + name : product));
    }
    given(jobs.toString());
    Workflow flat = Loader.load(List.of(root.resolve("torc.yaml")), new TreeMap<>());
    Group none = new Group("fold", Place.NONE, List.of("f"), List.of(), List.of(), List.of());
    return products.get().isEmpty() ? Grouped.of(flat, none) : Grouped.of(flat);
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
            .mapToInt(e -> ((Event.Finished) e).counts().get(State.RAN))
            .sum());
  }

  @Test
  void aSecondBuildRunsNothing() {
    build();
    settled();
    assertEquals("up to date", look().get("fold/f=b"));
    assertEquals(State.UP_TO_DATE, state("classify"));
  }

  @Test
  void oneMoreCandidateCostsOneFoldAndTheReaders() {
    build();
    candidates = "a c";
    edit("sky", "2");
    build().ran("find", "fold/f=c", "classify", "report");
    assertEquals("need added folded/c; need removed folded/b", why("classify"));
    assertEquals(State.UP_TO_DATE, state("fold/f=a"));
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
    assertEquals(State.BLOCKED, state("classify"));
    assertEquals("find", what("classify"));
    assertEquals(1, exit);
  }

  @Test
  void aFailedInstanceBlocksItsReaders() {
    failing("fold/f=b");
    build();
    assertEquals(State.RAN, state("fold/f=a"));
    assertEquals(State.BLOCKED, state("classify"));
    usual("fold/f=b");
    build().ran("fold/f=b", "classify", "report");
    settled();
  }

  @Test
  void whatOnlyExpansionShowsFailsTheGroupByNameAndTheRestGoesOn() {
    extra = ", nowhere";
    build().ran("find", "other");
    assertEquals(State.FAILED, state("fold"));
    assertEquals(
        "torc.yaml:6:46: job fold/f=a needs nowhere, which does not exist and which no job"
            + " produces",
        what("fold").split("; ")[0].replaceFirst("^.*/torc.yaml:", "torc.yaml:"));
    assertEquals(State.BLOCKED, state("classify"));
    assertEquals("fold", what("classify"));
    assertEquals(State.BLOCKED, state("report"));
    assertEquals(1, exit);
    build().ran();
    assertEquals(State.FAILED, state("fold"));
    assertEquals(State.UP_TO_DATE, state("other"));
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
    assertEquals(State.FAILED, state("fold"));
    assertEquals(State.RAN, state("other"));
  }

  @Test
  void aCycleFailsTheGroup() {
    extra = ", classes";
    build();
    assertEquals(State.FAILED, state("fold"));
    assertEquals(State.RAN, state("other"));
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
    assertEquals(State.FAILED, state("fold"));
    assertEquals(1, exit);
  }

  @Test
  void whatRunsMeanwhileGoesOn() {
    StubRunner.Held other = hold("other");
    job(
        "fold/f=a",
        stub -> {
          other.go(); // it began in the scene before
          return work(stub);
        });
    build();
    ran("find", "fold/f=a", "fold/f=b", "classify", "report", "other");
    settled();
  }

  @Test
  void aGroupThatNobodyAsksForIsNotExpanded() {
    build("other").ran("other");
    extra = ", nowhere";
    build("find").ran("find");
    assertNull(state("fold"));
    assertEquals(0, exit);
  }
}
