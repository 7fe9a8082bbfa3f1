package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.engine.StubRunner.Held;
import dev.torc.plan.LeftOut;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Section 4: each maker's products give their instances as soon as that maker has ended, and a
 * group of which only some makers have ended is neither whole nor empty.
 */
class GrowingGroupsTest extends Harness {

  @BeforeEach
  void aSurvey() {
    otherwise =
        stub -> { // make FILE...
          for (String file : stub.command().substring("make ".length()).split(" ")) {
            StringBuilder text = new StringBuilder();
            for (String need : stub.needs()) {
              text.append(stub.read(need)).append(' ');
            }
            stub.write(file, text + file);
          }
          return stub.exit(0);
        };
    given(survey(""));
    for (String field : List.of("a", "b", "c")) {
      edit("in/" + field, "1");
    }
  }

  private static String survey(String more) {
    return """
    find: { parameters: { f: [a, b, c] }, needs: 'in/{f}', command: 'make cand/{f}-1 cand/{f}-2', produces: 'cand/{f}-*' }
    measure: { match: 'cand/{f}-{n}', command: 'make m/{f}-{n}', produces: 'm/{f}-{n}' }
    part: { parameters: { f: [a, b, c] }, needs: { job: 'measure/f={f}' }, command: 'make part/{f}', produces: 'part/{f}' }
    all: { needs: { job: measure }, command: make all, produces: all }
    some: { needs: { job: measure, failed: skip }, command: make some, produces: some }
    """
        + more;
  }

  @Test
  void anInstanceStartsWhenItsOwnMakerHasEndedAndAPartWaitsForItsOwnMakers() {
    limits.put("cpus", 4L);
    Held slow = held("find/f=b");
    Held part = held("part/f=a");
    Building building = start();
    slow.started();
    part.started(); // and so all of measure/f=a are over
    assertNull(state("part/f=b"));
    assertNull(state("all"));
    assertNull(state("some"));
    part.go();
    slow.go();
    building.await();
    assertEquals("1 cand/b-1 m/b-1 1 cand/b-2 m/b-2 part/b", read("part/b"));
    assertEquals(JobState.RAN, state("all"));
    assertEquals(JobState.RAN, state("some"));
    settled();
  }

  @Test
  void aGroupOverAGrowingGroupGrowsWithIt() {
    given(
        survey(
            "plot: { parameters: { p: { products: measure } }, command: 'make plot/{p:name}',"
                + " produces: 'plot/{p:name}' }"));
    limits.put("cpus", 4L);
    Held slow = held("find/f=b");
    Held plot = held("plot/p=m%2Fc-2");
    Building building = start();
    slow.started();
    plot.started();
    plot.go();
    slow.go();
    building.await();
    assertEquals(JobState.RAN, state("plot/p=m%2Fb-1"));
    settled();
  }

  @Test
  void aMakerThatFailsBlocksTheReadersOfTheWholeAndNoOthers() {
    failing("find/f=b");
    build();
    assertEquals(JobState.BLOCKED, state("measure"));
    assertEquals("find/f=b", what("measure"));
    assertEquals(JobState.BLOCKED, state("all"));
    assertEquals(JobState.BLOCKED, state("part/f=b"));
    assertEquals(JobState.RAN, state("part/f=a"));
    assertEquals(JobState.RAN, state("part/f=c"));
    assertEquals(
        "1 cand/a-1 m/a-1 1 cand/a-2 m/a-2 1 cand/c-1 m/c-1 1 cand/c-2 m/c-2 some", read("some"));
    assertEquals(List.of(new LeftOut(5, List.of("find/f=b"))), leftOut("some"));
    assertEquals(1, exit);
    assertEquals(1, finished().counts().get(JobState.FAILED));
    assertEquals(3, finished().counts().get(JobState.BLOCKED), "measure, all, part/f=b");
    build().ran("find/f=b");
    assertEquals(JobState.UP_TO_DATE, state("some"));
    assertEquals(List.of(new LeftOut(5, List.of("find/f=b"))), leftOut("some"));
    usual("find/f=b");
    build();
    assertEquals("need added m/b-1; need added m/b-2", why("some"));
    assertEquals(JobState.RAN, state("all"));
    settled();
  }

  /** 0, 1 or many instances: what a maker made nothing for is an empty part. */
  @Test
  void ofAMakerThatMadeNothingThePartIsEmpty() {
    job("find/f=c", stub -> stub.exit(0));
    given(
        survey("")
            .replace(
                "part/{f}' }",
                "part/{f}' }\n"
                    + "late: { needs: [{ job: 'measure/f=c' }, { job: measure }], command: make"
                    + " late, produces: late }"));
    build();
    assertEquals(JobState.RAN, state("part/f=c"));
    assertEquals("part/c", read("part/c"));
    assertEquals(JobState.RAN, state("all"));
    assertEquals(JobState.RAN, state("late"));
    settled();
    usual("find/f=c");
    edit("in/c", "2");
    build();
    assertEquals("need added m/c-1; need added m/c-2", why("part/f=c"));
    settled();
  }

  @Test
  void everyMakerThatFailsIsOneOfTheBlockedAndIsNamed() {
    given(
        survey(
            """
            plot: { parameters: { p: { products: measure } }, command: 'make plot/{p:name}', produces: 'plot/{p:name}' }
            last: { needs: { job: plot, failed: skip }, command: make last, produces: last }
            """));
    failing("find/f=b");
    failing("find/f=c");
    failing("plot/p=m%2Fa-1");
    build();
    assertEquals(
        List.of(new LeftOut(4, List.of("plot/p=m%2Fa-1", "find/f=b", "find/f=c"))),
        leftOut("last"));
    // Of measure and of plot what b and c would have given, both parts, and all.
    assertEquals(7, finished().counts().get(JobState.BLOCKED));
    failing("find/f=a");
    edit("in/a", "2");
    build();
    assertEquals(JobState.BLOCKED, state("some"), "none succeeded");
    assertEquals(JobState.BLOCKED, state("last"));
  }

  @Test
  void whatOneMakerWouldGiveFailsTheGroupAndNoMoreOfItStarts() {
    givenFile(
        """
        limits: { slot: 1 }
        jobs:
          find: { parameters: { f: [a, b] }, command: 'make cand/{f}/x cand/{f}/y', produces: 'cand/{f}/*' }
          fold: { parameters: { c: { products: find } }, command: 'make fold/{c:name}', produces: 'fold/{c:name}', resources: { slot: 1 } }
          all: { needs: { job: fold, failed: skip }, command: make all, produces: all }
          other: { needs: { job: find }, command: make other, produces: other }
        """);
    limits.put("cpus", 4L);
    limits.put("slot", 1L);
    Held slow = held("find/f=b");
    Held begun = held("fold/c=cand%2Fa%2Fx");
    Held other = held("other");
    Building building = start();
    slow.started();
    begun.started();
    slow.go(); // and the group turns out to make one file twice
    other.started();
    other.go();
    begun.go();
    building.await();
    assertEquals(JobState.FAILED, state("fold"));
    assertTrue(what("fold").contains("is made by job fold/c=cand%2Fa%2Fx already"), what("fold"));
    assertEquals(JobState.RAN, state("fold/c=cand%2Fa%2Fx"));
    assertEquals(JobState.BLOCKED, state("fold/c=cand%2Fa%2Fy"));
    assertEquals(JobState.BLOCKED, state("all"));
    assertEquals(JobState.RAN, state("other"));
    assertEquals(1, exit);
  }

  /** Rule 15: what is not known to be stale stays, whoever made it. */
  @Test
  void anInterruptedMakerLeavesTheGroupIncompleteAndItsProductsAlone() {
    build();
    edit("in/b", "2");
    edit("in/a", "2");
    limits.put("cpus", 4L);
    Held slow = held("find/f=b");
    Held part = held("part/f=a");
    Building building = start();
    slow.started();
    part.started();
    building.signal(2);
    slow.go();
    part.go();
    building.await();
    assertEquals(JobState.RAN, state("measure/f=a,n=1"));
    assertNull(state("measure"));
    assertEquals(JobState.NOT_REACHED, state("all"));
    assertTrue(exists("m/b-1"));
    usual("find/f=b");
    usual("part/f=a");
    build();
    assertTrue(started().containsAll(List.of("find/f=b", "measure/f=b,n=1", "all", "some")));
    assertEquals(0, exit);
    settled();
  }

  private Held held(String name) {
    job(name, otherwise);
    return hold(name);
  }

  private Event.Finished finished() {
    return (Event.Finished)
        events.stream().filter(Event.Finished.class::isInstance).findFirst().orElseThrow();
  }

  private List<LeftOut> leftOut(String job) {
    return events.stream()
        .filter(e -> e instanceof Event.JobEnded end && end.job().equals(job))
        .map(e -> ((Event.JobEnded) e).details().leftOut())
        .findFirst()
        .orElseThrow();
  }
}
